import type { BurstResult } from '../scenarios/burst.ts'
import type { Machine } from '../measure/machine.ts'
import type { Baseline } from '../scenarios/baseline.ts'
import type { BurstRun } from '../scenarios/burst-run.ts'
import { busyLines, checkLines, columns, paint, type ReportOutput } from './lines.ts'
import { asRatio, inMs, inThousands, rateRows, remarks, verdictSentence, verdictWord } from './words.ts'

const outcomeLines = ({ outcomes }: BurstResult): string[] => [
  columns('first answer', ['answers', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms']),
  ...outcomes.map(({ outcome, answers, latency }) => {
    const times = latency === undefined ? [] : [latency.p50Ms, latency.p95Ms, latency.p99Ms, latency.maxMs]
    return columns(outcome, [inThousands(answers), ...times.map(inMs)])
  }),
]

const burstLines = (result: BurstResult, stream: ReportOutput): string[] => [
  `  ${paint(result.verdict, verdictWord(result.verdict), stream)}  ${verdictSentence(result)}`,
  '',
  ...result.checks.flatMap((check) => checkLines(check, stream)),
  '',
  ...outcomeLines(result),
  '',
  ...rateRows(result).map(([label, figure, says]) => `${columns(label, [figure])}  ${says}`),
  '',
  ...remarks(result).map((remark) => `  ${remark}`),
  '',
]

const pairLines = ({ pairs, ratio }: Baseline): string[] => [
  columns('pair', ['bare /s', 'accepted /s', 'persisted /s', 'drain ms', 'ratio']),
  ...pairs.map(({ bare, burst: { figures }, ratio: ofPair }, index) =>
    columns(String(index + 1), [
      inThousands(bare.answersPerSecond),
      inThousands(figures.acceptedPerSecond),
      inThousands(figures.persistedPerSecond),
      inMs(figures.drainMs),
      asRatio(ofPair),
    ]),
  ),
  '',
  `  ${asRatio(ratio.median)} coupons persisted for each request of bare Hono (${asRatio(ratio.min)} to ${asRatio(ratio.max)})`,
  '',
]

/** A run: the verdict before anything else, then every promise, the counts and the rates of each burst, then the pairs. */
export const burstReport = (run: BurstRun, machine: Machine, stream: ReportOutput): string => {
  const several = [
    `  ${paint(run.verdict, verdictWord(run.verdict), stream)}  over ${run.bursts.length} bursts`,
    '',
  ]
  return [
    '',
    ...(run.bursts.length > 1 ? several : []),
    ...run.bursts.flatMap((burst) => burstLines(burst, stream)),
    ...(run.pairs === undefined ? [] : pairLines(run.pairs)),
    ...busyLines(machine),
  ].join('\n')
}
