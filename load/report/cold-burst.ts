import type { Machine } from '../measure/machine.ts'
import type { ColdBurstResult } from '../scenarios/cold-burst.ts'
import {
  answerLines,
  headingLine,
  latencyCells,
  latencyColumns,
  type ReportOutput,
  rowLine,
  tableLine,
} from './lines.ts'
import { asShare, inMs, inThousands } from './numbers.ts'
import { verdictFirst } from './verdict-first.ts'
import { connectionNotes, generatorNotes, type ReportRow } from './words.ts'

const figureRows = (result: ColdBurstResult): ReportRow[] => {
  const { failedConnects, openingMs, listen, answersPerSecond, generatorShare } = result
  const kernel = (count: number | undefined): string => (count === undefined ? 'unknown' : inThousands(count))
  return [
    ['failed connects', inThousands(failedConnects), 'refused, or not open in time'],
    [
      'listen overflows',
      kernel(listen?.overflows),
      'of the kernel: the queue of a listening program was full',
    ],
    ['listen drops', kernel(listen?.drops), 'of the kernel: attempts that it dropped'],
    ['opening', `${inMs(openingMs)} ms`, 'first connect to last connect'],
    ['answers', `${inThousands(answersPerSecond)} /s`, 'first press to last answer'],
    ['generator', asShare(generatorShare), 'of one core, meanwhile'],
  ]
}

/** People who came at once over new connections, for a terminal. Connecting stands apart from answering. */
export const coldBurstReport = (result: ColdBurstResult, machine: Machine, stream: ReportOutput): string => {
  const { plan, verdict, connects, answers } = result
  return verdictFirst(
    {
      ...{ verdict, parts: [result], promises: 'all', machine },
      subject: `${inThousands(plan.connections)} new connections at once, one press each, for ${inThousands(plan.stock)} coupons`,
      figures: [
        headingLine('Times', ['count', ...latencyColumns.slice(1)], stream),
        tableLine('connect', latencyCells(connects?.count ?? 0, connects)),
        tableLine('press to answer', latencyCells(answers?.count ?? 0, answers)),
        '',
        ...answerLines('Answers', result.outcomes, stream),
        '',
        headingLine('Figures', [], stream),
        ...figureRows(result).map((row) => rowLine(row, stream)),
      ],
      notes: [...generatorNotes(result), ...connectionNotes(result)],
    },
    stream,
  )
}
