import type { BurstResult } from '../scenarios/burst.ts'
import type { Machine } from '../measure/machine.ts'
import type { Baseline } from '../scenarios/baseline.ts'
import {
  asRatio,
  extent,
  inMs,
  inThousands,
  rateRows,
  remarks,
  verdictSentence,
  verdictWord,
} from './words.ts'

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** The lines of a table: text in the first column, figures in the others. */
export const markdownTable = (heads: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  row(heads),
  row(heads.map((_, index) => (index === 0 ? '---' : '---:'))),
  ...rows.map(row),
]

const machineLines = (machine: Machine, command: string): string[] => [
  `- command: \`${command}\``,
  `- date: ${machine.date}`,
  `- machine: ${machine.processors}, ${machine.memoryGb} GB; generator, API, worker and servers all on it`,
  `- load average before the run: ${machine.loadBefore.toFixed(1)}`,
  `- Node ${machine.node}, database ${machine.database}`,
  `- ${Object.entries(machine.packages)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}`,
]

const burstLines = (result: BurstResult): string[] => [
  `**${verdictWord(result.verdict)}**: ${verdictSentence(result)}, over ${result.plan.connections} connections.`,
  '',
  ...markdownTable(
    ['promise', 'verdict', 'looked at'],
    result.checks.map((check) => [`${check.promise}: ${check.how}`, check.verdict, extent(check)]),
  ),
  '',
  ...result.checks.flatMap(({ promise, examples }) => examples.map((example) => `- ${promise}: ${example}`)),
  ...markdownTable(
    ['first answer', 'answers', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms'],
    result.outcomes.map(({ outcome, answers, latency }) => [
      outcome,
      inThousands(answers),
      ...(latency === undefined
        ? ['', '', '', '']
        : [latency.p50Ms, latency.p95Ms, latency.p99Ms, latency.maxMs].map(inMs)),
    ]),
  ),
  '',
  ...markdownTable(['', 'figure', ''], rateRows(result)),
  '',
  ...remarks(result).map((remark) => `- ${remark}`),
]

const pairLines = ({ pairs, ratio }: Baseline): string[] => [
  ...markdownTable(
    ['pair', 'bare Hono /s', 'accepted /s', 'persisted /s', 'drain ms', 'ratio'],
    pairs.map(({ bare, burst: { figures }, ratio: ofPair }, index) => [
      String(index + 1),
      inThousands(bare.answersPerSecond),
      inThousands(figures.acceptedPerSecond),
      inThousands(figures.persistedPerSecond),
      inMs(figures.drainMs),
      asRatio(ofPair),
    ]),
  ),
  '',
  `Persisted coupons for each request of bare Hono with the same token check, generator and connections: **${asRatio(ratio.median)}**`,
  `(least ${asRatio(ratio.min)}, most ${asRatio(ratio.max)}).`,
]

/** The whole run as a document that can stand in a repository: no host name, no path. */
export const markdownReport = (
  run: { bursts: readonly BurstResult[]; pairs: Baseline | undefined },
  machine: Machine,
  command: string,
): string =>
  [
    '# Load run',
    '',
    ...machineLines(machine, command),
    '',
    ...(run.pairs === undefined ? [] : ['## Pairs', '', ...pairLines(run.pairs), '']),
    ...run.bursts.flatMap((burst, index) => [`## Burst ${index + 1}`, '', ...burstLines(burst), '']),
  ].join('\n')
