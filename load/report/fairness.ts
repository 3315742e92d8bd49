import type { Inversions } from '../measure/inversions.ts'
import type { Machine } from '../measure/machine.ts'
import type { FairnessBurst, FairnessResult } from '../scenarios/fairness.ts'
import {
  checkHeading,
  checkLines,
  headingLine,
  latencyCells,
  latencyColumns,
  loadLines,
  paint,
  type ReportOutput,
  tableLine,
} from './lines.ts'
import { inMs, inPercent, inThousands } from './numbers.ts'
import { pressedIn, reasonOf, verdictWord } from './words.ts'

const columns = ['inversions', 'overtaken', 'later p99 ms', 'max ms', 'ranks p99', 'max']

const inversionCells = ({ inversions, overtaken, arrivals, laterMs, ranks }: Inversions): string[] => [
  inThousands(inversions),
  inPercent(overtaken, arrivals),
  ...[laterMs.p99, laterMs.max].map(inMs),
  ...[ranks.p99, ranks.max].map(inThousands),
]

const burstRows = ({ kind, within, together }: FairnessBurst): string[] => [
  tableLine(kind, inversionCells(together)),
  ...(within.length === 1
    ? []
    : within.map(({ name, inversions }) => tableLine(`  ${name}`, inversionCells(inversions)))),
]

const undecidedNotes = (bursts: readonly FairnessBurst[]): string[] => {
  const undecided = bursts.reduce((sum, burst) => sum + burst.undecided, 0)
  return undecided === 0 ? [] : [`  ${inThousands(undecided)} presses had no rank at first: not compared`, '']
}

/** Whether ranks follow arrivals as far as they should, or what does not. */
export const fairnessHeadline = ({ unfair }: FairnessResult, stream: ReportOutput): string => {
  const isFair = unfair.length === 0
  const bar = isFair
    ? 'no inversion within a process or an address, and none by a press that came after an answer'
    : unfair.join('; ')
  return `  ${isFair ? paint('pass', 'FAIR', stream) : paint('fail', 'UNFAIR', stream)}  ${bar}`
}

/** How ranks follow arrivals, for a terminal: the verdict on the promises, the bars, then the inversions. */
export const fairnessReport = (result: FairnessResult, machine: Machine, stream: ReportOutput): string => {
  const { plan, bursts, verdict } = result
  const broken = bursts.flatMap(({ checks }) => checks).filter((check) => check.verdict !== 'pass')
  return [
    '',
    `  ${paint(verdict, verdictWord(verdict), stream)}  in each of ${bursts.length} bursts ${pressedIn(plan)}; ${reasonOf(verdict, bursts)}`,
    fairnessHeadline(result, stream),
    '',
    ...(broken.length === 0
      ? []
      : [checkHeading(stream), ...broken.flatMap((check) => checkLines(check, stream)), '']),
    headingLine('Order of arrival', columns, stream),
    ...bursts.flatMap(burstRows),
    '',
    headingLine('Time of a press', latencyColumns, stream),
    ...bursts.map(({ kind, together, latency }) => tableLine(kind, latencyCells(together.arrivals, latency))),
    '',
    ...undecidedNotes(bursts),
    ...loadLines(machine),
  ].join('\n')
}
