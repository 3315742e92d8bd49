import type { Machine } from '../measure/machine.ts'
import type { OverloadResult, RushFigures } from '../scenarios/overload.ts'
import {
  checkHeading,
  checkLines,
  headingLine,
  latencyCells,
  latencyColumns,
  loadLines,
  paint,
  type ReportOutput,
  rowLine,
  tableLine,
} from './lines.ts'
import { asRatio, inThousands } from './numbers.ts'
import { connectionNotes, type ReportRow, reasonOf, verdictWord } from './words.ts'

const latencyLines = ({ granted, refused, waited }: RushFigures): string[] => [
  tableLine('granted', latencyCells(granted?.count ?? 0, granted)),
  tableLine('refused', latencyCells(refused?.count ?? 0, refused)),
  tableLine('arrival to grant', latencyCells(waited?.count ?? 0, waited)),
]

const inMebibytes = (bytes: number | undefined): string =>
  bytes === undefined ? 'unknown' : `${inThousands(bytes / 2 ** 20)} MiB`

const figureRows = ({ plan, peak, overload, offeredPerSecond, ratio, api }: OverloadResult): ReportRow[] => [
  [
    'peak',
    `${inThousands(peak.grantsPerSecond)} /s`,
    `${inThousands(peak.people)} grants over ${inThousands(plan.peakConnections)} connections`,
  ],
  ['goodput', `${inThousands(overload.grantsPerSecond)} /s`, 'grants under the overload'],
  ['goodput / peak', asRatio(ratio), ''],
  [
    'offered',
    `${inThousands(offeredPerSecond)} /s`,
    `new people; ${inThousands(overload.people)} pressed, ${inThousands(overload.heldBack)} found no free connection`,
  ],
  [
    'presses',
    `${inThousands(overload.pressesPerSecond)} /s`,
    `${inThousands(overload.presses)}, including those of people who returned`,
  ],
  [
    'gave up',
    inThousands(overload.gaveUp),
    `disconnected after ${plan.patienceSeconds} s, and pressed again`,
  ],
  [
    'memory of the API',
    inMebibytes(api.residentBytes),
    `highest resident memory, with ${api.connections === undefined ? 'an unknown number of' : inThousands(api.connections)} connections open`,
  ],
]

/**
 * An overload for a terminal: the verdict on every press, the promises under the overload, then the figures.
 */
export const overloadReport = (result: OverloadResult, machine: Machine, stream: ReportOutput): string => {
  const { plan, peak, overload, verdict } = result
  const pressed = `${inThousands(overload.people)} people pressed over ${inThousands(plan.connections)} connections`
  const brokenAtPeak = peak.checks.filter((check) => check.verdict !== 'pass')
  return [
    '',
    `  ${paint(verdict, verdictWord(verdict), stream)}  ${pressed}; ${reasonOf(verdict, [peak, overload])}`,
    '',
    checkHeading(stream),
    ...overload.checks.flatMap((check) => checkLines(check, stream)),
    ...(brokenAtPeak.length === 0 ? [] : ['    at the peak:']),
    ...brokenAtPeak.flatMap((check) => checkLines(check, stream)),
    '',
    headingLine('Answers', latencyColumns, stream),
    ...latencyLines(overload),
    '',
    headingLine('Figures', [], stream),
    ...figureRows(result).map((row) => rowLine(row, stream)),
    '',
    ...connectionNotes(overload).map((note) => `  ${note}`),
    ...loadLines(machine),
  ].join('\n')
}
