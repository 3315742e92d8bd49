import { markdownTable } from '../../load/report/markdown.ts'
import { inThousands } from '../../load/report/numbers.ts'

type ShownRun = {
  date: string
  servers: Readonly<Record<'redis' | 'kafka' | 'database', string>>
  given: readonly ('redis' | 'kafka' | 'database')[]
  programs: Readonly<Record<'redis' | 'kafka' | 'database', string>>
  node: string
  tests: { pattern: string | null; passed: number; failed: number; failures: readonly string[] } | null
  burst: string
  doctor: string
  commit: string
}

const names = ['redis', 'kafka', 'database'] as const

const testsIn = ({ tests }: ShownRun): string => {
  if (tests === null) return 'not run'
  const figures = `${inThousands(tests.passed)} passed, ${inThousands(tests.failed)} failed`
  return tests.pattern === null ? figures : `${figures} of \`${tests.pattern}\``
}

/** What the tests started beside the servers that were given. */
const ownIn = ({ given, programs, tests }: ShownRun): string =>
  given.length === 0 || tests === null ? 'the same' : names.map((name) => programs[name]).join(', ')

const failuresIn = ({ date, servers, tests }: ShownRun): string[] =>
  (tests?.failures ?? []).map((title) => `- ${date}, ${servers.redis}, ${servers.database}: ${title}`)

/** All recorded runs in Markdown: a row for each, and the tests that failed. */
export const compatibilitySection = (runs: readonly ShownRun[]): string => {
  if (runs.length === 0) return 'No run is recorded yet.'
  const failures = runs.flatMap(failuresIn)
  return [
    ...markdownTable(
      [
        ...['date', 'Redis or Valkey', 'Kafka', 'database', 'Node', 'tests', 'servers of the tests’ own'],
        ...['burst', 'doctor', 'commit'],
      ],
      runs.map((run) => [
        run.date,
        ...names.map((name) => `${run.servers[name]}${run.given.includes(name) ? ' (given)' : ''}`),
        ...[run.node, testsIn(run), ownIn(run), run.burst, run.doctor, run.commit],
      ]),
    ),
    ...(failures.length === 0 ? [] : ['', 'Tests that failed:', '', ...failures]),
  ].join('\n')
}
