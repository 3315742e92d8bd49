import type { LatencySummary } from '../measure/latency.ts'
import type { Machine } from '../measure/machine.ts'
import type { OverloadResult, RushFigures } from '../scenarios/overload.ts'
import { busyLines, checkLines, columns, paint, type ReportOutput } from './lines.ts'
import { agreement, asRatio, inMs, inThousands, verdictWord } from './words.ts'

type Row = [string, string, string]

const latencyCells = (latency: LatencySummary | undefined): string[] =>
  latency === undefined
    ? ['0']
    : [inThousands(latency.count), ...[latency.p50Ms, latency.p95Ms, latency.p99Ms, latency.maxMs].map(inMs)]

const latencyLines = ({ granted, refused, waited }: RushFigures): string[] => [
  columns('', ['answers', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms']),
  columns('granted', latencyCells(granted)),
  columns('refused', latencyCells(refused)),
  columns('people, to a grant', latencyCells(waited)),
]

const megabytes = (bytes: number | undefined): string =>
  bytes === undefined ? 'unknown' : `${inThousands(bytes / 2 ** 20)} MiB`

const rows = ({ plan, peak, overload, offeredPerSecond, ratio, api }: OverloadResult): Row[] => [
  [
    'peak',
    `${inThousands(peak.grantsPerSecond)} /s`,
    `${inThousands(peak.people)} grants, first press to last`,
  ],
  ['goodput', `${inThousands(overload.grantsPerSecond)} /s`, 'grants under the overload'],
  ['goodput / peak', asRatio(ratio), ''],
  [
    'offered',
    `${inThousands(offeredPerSecond)} /s`,
    `new people; ${inThousands(overload.people)} pressed, ${inThousands(overload.heldBack)} found every connection busy`,
  ],
  [
    'presses',
    `${inThousands(overload.pressesPerSecond)} /s`,
    `${inThousands(overload.presses)}, those of people who came back among them`,
  ],
  ['gave up', inThousands(overload.gaveUp), `hung up after ${plan.patienceSeconds} s, and pressed again`],
  [
    'memory of the API',
    megabytes(api.residentBytes),
    `the most that was resident, with ${api.connections === undefined ? 'an unknown number of' : inThousands(api.connections)} connections open`,
  ],
]

const remarks = ({ overload }: OverloadResult): string[] => [
  ...(overload.followedUp > 0
    ? [`${inThousands(overload.followedUp)} people had an open answer at the end, and asked or pressed again`]
    : []),
  ...Object.entries(overload.faults).map(
    ([fault, count]) => `${inThousands(count)} connections broke: ${fault}`,
  ),
]

/** An overload: the verdict on all that was pressed before anything else, then the promises under the overload, and the figures. */
export const overloadReport = (result: OverloadResult, machine: Machine, stream: ReportOutput): string => {
  const { plan, peak, overload, verdict } = result
  const said = `${inThousands(overload.people)} people pressed over ${inThousands(plan.connections)} connections`
  return [
    '',
    `  ${paint(verdict, verdictWord(verdict), stream)}  ${agreement(said, overload.checks, verdict)}`,
    '',
    ...overload.checks.flatMap((check) => checkLines(check, stream)),
    ...peak.checks
      .filter((check) => check.verdict !== 'pass')
      .flatMap((check) => ['  at the peak:', ...checkLines(check, stream)]),
    '',
    ...latencyLines(overload),
    '',
    ...rows(result).map(([label, figure, says]) => `${columns(label, [figure])}  ${says}`),
    '',
    ...remarks(result).map((remark) => `  ${remark}`),
    ...busyLines(machine),
  ].join('\n')
}
