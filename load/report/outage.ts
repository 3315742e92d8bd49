import type { Machine } from '../measure/machine.ts'
import type { Outage, OutageResult, OutageStretch } from '../scenarios/outage.ts'
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

const outageLines = (
  { frozen, stretches, backlogMax, nextGrantMs, caughtUpMs }: Outage,
  stream: ReportOutput,
): string[] => [
  headingLine(`After ${frozen.name}`, [], stream),
  tableLine('next grant', [secondsOrNever(nextGrantMs)]),
  tableLine('all grants are rows', [secondsOrNever(caughtUpMs)]),
  tableLine('longest backlog', [inThousands(backlogMax)]),
  ...stretches.flatMap(({ name, outcomes }) => [
    '',
    headingLine(titles[name], latencyColumns, stream),
    ...outcomes.map(({ outcome, answers, latency }) => tableLine(outcome, latencyCells(answers, latency))),
  ]),
]

/** Outages for a terminal: the verdict, then how the system came back, and the answers of each stretch. */
export const outageReport = (
  { plan, verdict, outages }: OutageResult,
  machine: Machine,
  stream: ReportOutput,
): string => {
  const names = new Intl.ListFormat('en').format(outages.map(({ frozen }) => frozen.name))
  const each = outages.length === 1 ? '' : ' each'
  return verdictFirst(
    {
      ...{ verdict, parts: outages.map(({ settlement }) => settlement), machine },
      promises: outages.length === 1 ? 'all' : 'broken',
      subject: `${names} ${outages.length === 1 ? 'was' : 'were'} frozen for ${plan.seconds} s${each}`,
      figures: outages.flatMap((outage, index) => [
        ...(index === 0 ? [] : ['']),
        ...outageLines(outage, stream),
      ]),
    },
    stream,
  )
}
