import type { Machine } from '../measure/machine.ts'
import type { BurstResult } from '../scenarios/burst.ts'
import type { BurstRun } from '../scenarios/burst-run.ts'
import type { Comparison } from '../scenarios/rounds.ts'
import { latencyCells, latencyColumns } from './lines.ts'
import { inThousands } from './numbers.ts'
import {
  benchWord,
  extentOf,
  notesOf,
  pressedIn,
  rateRows,
  ratioSentences,
  reasonOf,
  roundColumns,
  roundRows,
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
  `- machine: ${machine.processors}, ${machine.memoryGb} GB, for generator, API, worker and servers`,
  `- load average before the run: ${machine.loadBefore.toFixed(1)}`,
  `- Node ${machine.node}, database ${machine.database}`,
  `- ${Object.entries(machine.packages)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}`,
]

const examplesOf = ({ checks }: BurstResult): string[] =>
  checks.flatMap(({ promise, examples }) => examples.map((example) => `- ${promise}: ${example}`))

const burstLines = (result: BurstResult, examples: readonly string[]): string[] => [
  `**${verdictWord(result.verdict)}**: ${pressedIn(result.plan)} over ${inThousands(result.plan.connections)} connections; ${reasonOf(result.verdict, [result])}.`,
  '',
  ...markdownTable(
    ['promise', 'verdict', 'checked'],
    result.checks.map((check) => [`${check.promise}: ${check.how}`, check.verdict, extentOf(check)]),
  ),
  '',
  ...(examples.length === 0 ? [] : [...examples, '']),
  ...markdownTable(
    ['first answer', ...latencyColumns],
    result.outcomes.map(({ outcome, answers, latency }) => {
      const cells = latencyCells(answers, latency)
      return [outcome, ...latencyColumns.map((_, index) => cells[index] ?? '')]
    }),
  ),
  '',
  ...markdownTable(['', 'figure', ''], rateRows(result)),
  '',
  ...notesOf(result).map((note) => `- ${note}`),
]

const comparisonLines = (comparison: Comparison): string[] => [
  ...markdownTable(
    ['round', ...roundColumns],
    roundRows(comparison).map(([number, cells]) => [number, ...cells]),
  ),
  '',
  'With the same token check, generator and connections, median (lowest to highest, paired permutation test):',
  '',
  ...ratioSentences(comparison).map((sentence) => `- ${sentence}`),
]

/** A run as a document for a repository: it has no host name and no path. */
export const markdownReport = (
  run: Pick<BurstRun, 'bursts' | 'comparison' | 'verdict'>,
  machine: Machine,
  command: string,
): string => {
  const rounds = run.comparison === undefined ? [] : ['## Rounds', '', ...comparisonLines(run.comparison), '']
  const bursts = run.bursts.flatMap((burst, index) => [
    `## Burst ${index + 1}`,
    '',
    ...burstLines(burst, examplesOf(burst)),
    '',
  ])
  const { verdict } = run
  return [
    `# Load run: ${benchWord(verdict)}`,
    '',
    reasonOf(verdict, run.bursts),
    '',
    ...machineLines(machine, command),
    '',
    // The speed of a run with a broken promise stands behind what is broken.
    ...(verdict === 'pass' ? [...rounds, ...bursts] : [...bursts, ...rounds]),
  ].join('\n')
}
