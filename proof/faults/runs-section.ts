import { inSeconds, inThousands } from '../../load/report/words.ts'
import { byName, harmNames, harmWords, type RunTotals } from './totals.ts'

/** What the page shows of a run. */
type RecordedRun = RunTotals & {
  date: string
  seed: string
  only: readonly string[]
  commit: string
  machine: string
  servers: readonly string[]
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  row(heads),
  // Text to the left, figures to the right.
  row(heads.map((_, index) => (index === 0 ? '---' : '---:'))),
  ...rows.map(row),
]

const killsOf = ({ kills }: Pick<RecordedRun, 'kills'>): { all: number; counted: number } =>
  Object.values(kills).reduce(
    (sum, { all, counted }) => ({ all: sum.all + all, counted: sum.counted + counted }),
    { all: 0, counted: 0 },
  )

const placeLines = (runs: readonly RecordedRun[]): string[] =>
  [...Map.groupBy(runs, ({ machine, servers }) => [machine, ...servers].join(', '))].map(
    ([place, there]) => `- ${there.length} ${there.length === 1 ? 'run' : 'runs'} on ${place}`,
  )

const sums = (
  runs: readonly RecordedRun[],
): { kills: RecordedRun['kills']; others: RecordedRun['others'] } => {
  const [kills, others]: [RecordedRun['kills'], RecordedRun['others']] = [{}, {}]
  for (const run of runs) {
    for (const [part, { all, counted }] of Object.entries(run.kills)) {
      const sum = kills[part] ?? { all: 0, counted: 0 }
      kills[part] = { all: sum.all + all, counted: sum.counted + counted }
    }
    for (const [fault, count] of Object.entries(run.others)) others[fault] = (others[fault] ?? 0) + count
  }
  return { kills, others }
}

const killRow = (part: string, { all, counted }: { all: number; counted: number }): string[] => [
  part,
  inThousands(counted),
  inThousands(all),
]

const runRow = (run: RecordedRun): string[] => [
  run.date,
  `\`${run.seed}\`${run.only.length === 0 ? '' : ` only ${run.only.join(', ')}`}`,
  inThousands(run.rounds),
  inThousands(killsOf(run).counted),
  ...harmNames.map((name) => inThousands(run[name])),
  inSeconds(run.silenceMsMax),
  run.verdict,
  run.commit,
]

/** All recorded runs in Markdown: where they ran, the kills by part, the other faults by kind, and a row a run. */
export const runsSection = (runs: readonly RecordedRun[]): string => {
  if (runs.length === 0) return 'No run is recorded yet.'
  const { kills, others } = sums(runs)
  const otherRows = byName(others)
  return [
    ...placeLines(runs),
    '',
    ...table(
      ['killed with -9', 'kills that count', 'of'],
      [
        ...Object.entries(kills).map(([part, ofPart]) => killRow(part, ofPart)),
        killRow('all', killsOf({ kills })),
      ],
    ),
    '',
    ...(otherRows.length === 0
      ? []
      : [
          ...table(
            ['other faults', 'times'],
            otherRows.map(([fault, count]) => [fault, inThousands(count)]),
          ),
          '',
        ]),
    ...table(
      [
        'date',
        'seed',
        'rounds',
        'kills',
        ...harmNames.map((name) => harmWords[name]),
        'longest silence',
        'verdict',
        'commit',
      ],
      runs.map(runRow),
    ),
  ].join('\n')
}
