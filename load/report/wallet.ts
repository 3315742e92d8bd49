import type { Machine } from '../measure/machine.ts'
import type { KindFigures, WalletResult } from '../scenarios/wallet.ts'
import {
  answerLines,
  headingLine,
  latencyCells,
  latencyColumns,
  type ReportOutput,
  rowLine,
  tableLine,
} from './lines.ts'
import { inThousands } from './numbers.ts'
import { verdictFirst } from './verdict-first.ts'
import { connectionNotes } from './words.ts'

const kindLine = (name: string, { answers, latency }: KindFigures): string =>
  tableLine(name, latencyCells(answers, latency))

/** Presses and lists beside each other, for a terminal. */
export const walletReport = (result: WalletResult, machine: Machine, stream: ReportOutput): string => {
  const { plan, verdict, lists, presses } = result
  const rateLine = (name: string, { perSecond }: KindFigures, explanation: string): string =>
    rowLine([name, `${inThousands(perSecond)} /s`, explanation], stream)
  return verdictFirst(
    {
      ...{ verdict, parts: [result], promises: 'all', machine },
      subject: `${inThousands(plan.shoppers)} shoppers pressed once and asked for four lists each`,
      figures: [
        headingLine('Requests', latencyColumns, stream),
        kindLine('lists', lists),
        kindLine('presses', presses),
        '',
        ...answerLines('Answers', result.outcomes, stream),
        '',
        headingLine('Rates', [], stream),
        rateLine('lists', lists, `over ${inThousands(plan.connections)} connections, presses between them`),
        rateLine('presses', presses, 'over the same connections'),
      ],
      notes: connectionNotes(result),
    },
    stream,
  )
}
