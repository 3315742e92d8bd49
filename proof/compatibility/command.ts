import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineCommand } from '../../platform/command.ts'
import { flag, optional } from '../../platform/option.ts'
import type { ProgressDisplay } from '../../platform/progress-display.ts'
import {
  findServerSources,
  type SearchEnvironment,
  type ServerName,
  serverNames,
} from '../../servers/install/find-servers.ts'
import { detectHost } from '../../servers/install/host.ts'
import { installedVersion } from '../../servers/versions/installed-version.ts'
import { inWords } from '../../servers/versions/product-version.ts'
import { commitOf } from '../records/run-origin.ts'
import { type CompatibilityRun, compatibilityRuns } from './compatibility-record.ts'
import { runLaunched } from './run-launched.ts'
import { runSuite } from './run-suite.ts'

const root = join(import.meta.dirname, '..', '..')
const files = {
  runs: join(root, 'docs', 'compatibility-runs.jsonl'),
  page: join(root, 'docs', 'compatibility.md'),
}
const noAddresses = { REDIS_URL: '', KAFKA_BROKERS: '', DATABASE_URL: '' }

type CompatibilityOptions = { progress: ProgressDisplay; signal: AbortSignal }

const versionsOf = (
  read: (name: ServerName) => { product: string; version?: string | undefined },
): CompatibilityRun['servers'] => ({
  redis: inWords(read('redis')),
  kafka: inWords(read('kafka')),
  database: inWords(read('database')),
})

/** What the tests start for themselves. */
const programVersions = async (environment: SearchEnvironment): Promise<CompatibilityRun['programs']> => {
  const sources = await findServerSources(detectHost({ ...environment, ...noAddresses }))
  const [redis, kafka, database] = await Promise.all([
    installedVersion('redis', sources),
    installedVersion('kafka', sources),
    installedVersion('database', sources),
  ])
  return versionsOf((name) => ({ redis, kafka, database })[name])
}

const givenServers = async (environment: SearchEnvironment): Promise<CompatibilityRun['given']> => {
  const sources = await findServerSources(detectHost(environment))
  return serverNames.filter((name) => sources[name]?.kind === 'address')
}

const lineOf = ({ servers, tests, burst, doctor }: CompatibilityRun): string =>
  [
    Object.values(servers).join(', '),
    tests === null ? 'tests not run' : `${tests.passed} tests passed, ${tests.failed} failed`,
    `burst ${burst}`,
    `doctor ${doctor}`,
  ].join('; ')

/** Runs tests, a burst and the doctor with the servers that there are, and records how that ended. */
export const createCompatibilityCommand = ({ progress, signal }: CompatibilityOptions) =>
  defineCommand({
    name: 'npm run compatibility --',
    summary: 'Runs the server tests, a burst and the doctor with these servers, and records the result.',
    options: {
      'only-burst': flag('runs no tests'),
      tests: optional({
        placeholder: 'PATTERN',
        help: 'only test files whose path contains it',
        expected: 'a part of a path',
        parse: (text) => (/^[\w./-]+$/.test(text) ? text : undefined),
      }),
      'no-record': flag('writes neither docs/compatibility-runs.jsonl nor docs/compatibility.md'),
    },
    notes: [
      'Servers',
      '  Those that REDIS_URL, KAFKA_BROKERS and DATABASE_URL name. They have to be empty, and the user of the',
      '  database may create databases whose names begin with firstcome_. Without an address the first program',
      '  on PATH is started, as npm start and the tests do. Tests that break a server always start their own.',
    ],
    check: ({ 'only-burst': isOnlyBurst, tests }) =>
      isOnlyBurst && tests !== undefined ? ['--tests: not with --only-burst'] : [],
    exitCodes: {
      pass: [0, 'every test passed, the burst kept every promise, and the doctor found no fault'],
      fail: [1, 'one of them did not'],
      interrupted: [130, 'ended by a signal; nothing is recorded'],
    },
    async run({ 'only-burst': isOnlyBurst, tests: pattern, 'no-record': isUnrecorded }, context) {
      const { environment, print } = context
      const commit = await commitOf(root)
      const folder = await mkdtemp(join(tmpdir(), 'firstcome-compatibility-'))
      const options = { ...{ root, folder, environment, signal }, pattern, progress }
      try {
        const given = await givenServers(environment)
        const suite = isOnlyBurst
          ? null
          : await progress.step(`tests, ${join(folder, 'tests.log')}`, () => runSuite(options))
        const launched = await runLaunched(options)
        const run: CompatibilityRun = {
          date: new Date().toISOString().slice(0, 10),
          servers: versionsOf((name) => launched.servers[name]),
          given,
          programs: await programVersions(environment),
          node: process.versions.node,
          tests: suite === null ? null : { pattern: pattern ?? null, ...suite },
          ...{ burst: launched.burst, doctor: launched.doctor, commit },
        }
        await print({ text: `${[lineOf(run), ...(suite?.failures ?? [])].join('\n  ')}\n`, json: run })
        if (!isUnrecorded) await compatibilityRuns.record(files, run)
        const isGood = run.burst === 'pass' && run.doctor === 'ok' && (suite?.failed ?? 0) === 0
        if (isGood) await rm(folder, { recursive: true, force: true })
        else progress.say(`reports and logs are kept in ${folder}`)
        return isGood ? 'pass' : 'fail'
      } catch (cause) {
        if (!signal.aborted) {
          progress.say(`logs are kept in ${folder}`)
          throw cause
        }
        await rm(folder, { recursive: true, force: true })
        return 'interrupted'
      }
    },
  })
