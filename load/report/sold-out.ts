import type { Spread } from '../measure/figures.ts'
import type { Machine } from '../measure/machine.ts'
import type { SoldOutResult } from '../scenarios/sold-out.ts'
import { answerLines, answerRateLine, headingLine, type ReportOutput, rowLine } from './lines.ts'
import { asRatio, inThousands } from './numbers.ts'
import { verdictFirst } from './verdict-first.ts'
import { connectionNotes } from './words.ts'

/** The median, and in words what it is of and from where to where it went. */
const spreadCells = (
  { median, min, max }: Spread,
  show: (value: number) => string,
  what: string,
): [string, string] => [show(median), `${what}; ${show(min)} to ${show(max)}`]

/** What people got who came too late, for a terminal. */
export const soldOutReport = (result: SoldOutResult, machine: Machine, stream: ReportOutput): string => {
  const { plan, verdict, ofNode, gateCalls } = result
  return verdictFirst(
    {
      ...{ verdict, parts: [result], promises: 'all', machine },
      subject: `${inThousands(plan.presses)} presses after the last of ${inThousands(plan.stock)} coupons was gone`,
      figures: [
        ...answerLines('Answers', result.outcomes, stream),
        '',
        headingLine('Figures', [], stream),
        answerRateLine(result, plan.connections, stream),
        rowLine(
          ['of node', ...spreadCells(ofNode, asRatio, 'answers /s, for each of bare node:http')],
          stream,
        ),
        rowLine(
          ['gate calls', ...spreadCells(gateCalls, (calls) => calls.toFixed(1), 'for a thousand presses')],
          stream,
        ),
      ],
      notes: connectionNotes(result),
    },
    stream,
  )
}
