import type { Machine } from '../measure/machine.ts'
import type { OutageResult, OutageStretch } from '../scenarios/outage.ts'
import { headingLine, latencyCells, latencyColumns, type ReportOutput, tableLine } from './lines.ts'
import { inSeconds, inThousands } from './numbers.ts'
import { verdictFirst } from './verdict-first.ts'

const titles: Record<OutageStretch['name'], string> = {
  before: 'Before',
  frozen: 'While frozen',
  after: 'After',
}
const secondsOrNever = (milliseconds: number | null): string =>
  milliseconds === null ? 'not seen' : inSeconds(milliseconds)

/** An outage for a terminal: the verdict, how the system came back, then the answers of each stretch. */
export const outageReport = (
  { plan, verdict, settlement, stretches, backlogMax, nextGrantMs, caughtUpMs }: OutageResult,
  machine: Machine,
  stream: ReportOutput,
): string =>
  verdictFirst(
    {
      ...{ verdict, parts: [settlement], machine, promises: 'all' },
      subject: `process ${plan.pid} was frozen for ${plan.seconds} s`,
      figures: [
        headingLine('Afterwards', [], stream),
        tableLine('next grant', [secondsOrNever(nextGrantMs)]),
        tableLine('all grants are rows', [secondsOrNever(caughtUpMs)]),
        tableLine('longest backlog', [inThousands(backlogMax)]),
        ...stretches.flatMap(({ name, outcomes }) => [
          '',
          headingLine(titles[name], latencyColumns, stream),
          ...outcomes.map(({ outcome, answers, latency }) =>
            tableLine(outcome, latencyCells(answers, latency)),
          ),
        ]),
      ],
    },
    stream,
  )
