import { markdownTable } from '../../load/report/markdown.ts'
import { inSeconds, inThousands } from '../../load/report/numbers.ts'
import { addFigures, noChanges } from './change-figures.ts'
import { byName, harmNames, harmWord, type RunTotals } from './totals.ts'

/** A run as the page shows it. */
type RecordedRun = Omit<RunTotals, 'changes'> & {
  changes?: RunTotals['changes'] | undefined
  date: string
  seed: string
  only: readonly string[]
  commit: string
  machine: string
  servers: readonly string[]
}

const killsOf = ({ kills }: Pick<RecordedRun, 'kills'>): { all: number; counted: number } =>
  Object.values(kills).reduce(
    (sum, { all, counted }) => ({ all: sum.all + all, counted: sum.counted + counted }),
    { all: 0, counted: 0 },
  )

const machineLines = (runs: readonly RecordedRun[]): string[] =>
  [...Map.groupBy(runs, ({ machine, servers }) => [machine, ...servers].join(', '))].map(
    ([machine, those]) => `- ${those.length} ${those.length === 1 ? 'run' : 'runs'} on ${machine}`,
  )

/** What operators did, in the runs in which they did. */
const changeLines = (runs: readonly RecordedRun[]): string[] => {
  const { stops, halts, seen, pagesMsMax } = runs.reduce(
    (sum, { changes }) => addFigures(sum, changes ?? noChanges),
    noChanges,
  )
  return stops === 0
    ? []
    : [
        `- ${inThousands(stops)} pauses and closures, ${inThousands(halts)} of them without the database. ` +
          `All pages said so within ${inSeconds(pagesMsMax)} (seen ${inThousands(seen)} times)`,
      ]
}

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

/** All recorded runs in Markdown: machines, kills by part, other faults by kind, and a row for each run. */
export const runsSection = (runs: readonly RecordedRun[]): string => {
  if (runs.length === 0) return 'No run is recorded yet.'
  const { kills, others } = sums(runs)
  const otherRows = byName(others)
  return [
    ...machineLines(runs),
    ...changeLines(runs),
    '',
    ...markdownTable(
      ['killed with SIGKILL', 'kills that count', 'of'],
      [
        ...Object.entries(kills).map(([part, ofPart]) => killRow(part, ofPart)),
        killRow('all', killsOf({ kills })),
      ],
    ),
    '',
    ...(otherRows.length === 0
      ? []
      : [
          ...markdownTable(
            ['other faults', 'times'],
            otherRows.map(([fault, count]) => [fault, inThousands(count)]),
          ),
          '',
        ]),
    ...markdownTable(
      ['date', 'seed', 'rounds', 'kills', ...harmNames.map(harmWord), 'longest silence', 'verdict', 'commit'],
      runs.map(runRow),
    ),
  ].join('\n')
}
