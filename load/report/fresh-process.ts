import type { Spread } from '../measure/figures.ts'
import type { Machine } from '../measure/machine.ts'
import type { FreshProcessResult } from '../scenarios/fresh-process.ts'
import { headingLine, type ReportOutput, tableLine } from './lines.ts'
import { asRatio, inThousands } from './numbers.ts'
import { verdictFirst } from './verdict-first.ts'

const columns = ['median', 'lowest', 'highest']

const spreadLine = (name: string, { median, min, max }: Spread, show: (value: number) => string): string =>
  tableLine(name, [median, min, max].map(show))

/** What presses cost from the start of a process on, for a terminal: the verdict, then the bursts. */
export const freshProcessReport = (
  result: FreshProcessResult,
  machine: Machine,
  stream: ReportOutput,
): string => {
  const { plan, verdict, settlements, bursts, ratio, majorCollections } = result
  return verdictFirst(
    {
      ...{ verdict, parts: settlements, machine, promises: 'broken' },
      subject: `${plan.processes} API processes answered ${plan.bursts} bursts of ${inThousands(plan.presses)} presses each`,
      figures: [
        headingLine('A press, us of processor', columns, stream),
        ...bursts.map((spread, burst) => spreadLine(`burst ${burst + 1}`, spread, (us) => us.toFixed(1))),
        '',
        headingLine('From process to process', columns, stream),
        spreadLine('first burst / last', ratio, asRatio),
        spreadLine('major GCs a million', majorCollections, (count) => count.toFixed(1)),
      ],
    },
    stream,
  )
}
