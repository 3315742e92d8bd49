import type { Verdict } from '../coupon/audit/compare/check.ts'
import { createPositionRepository } from '../coupon/ledger/positions.ts'
import { grantsTopic } from '../coupon/log/topics.ts'
import { Failure, messageOf } from '../platform/failure.ts'
import { createTopicAdmin } from '../platform/kafka/topic-admin.ts'
import { createKafka } from '../platform/kafka/client.ts'
import { createLogger } from '../platform/log/logger.ts'
import { connectDatabase, type Database } from '../platform/mysql/database.ts'
import { createTokenSigner } from '../platform/http/token.ts'
import { createProgressDisplay } from '../platform/progress-display.ts'
import { type BurstArguments, parseArguments, usage } from './arguments/load.ts'
import type { OverloadArguments } from './arguments/overload.ts'
import { createDrainLag, type DrainLag, unknownLag } from './ledger/drain-lag.ts'
import { createLedgerReader } from './ledger/ledger-reader.ts'
import { describeMachine, type Machine } from './measure/machine.ts'
import { createApiClient } from './people/api-client.ts'
import { writeBurstReport, writeOverloadReport } from './report/write-report.ts'
import { withBareServer } from './scenarios/baseline.ts'
import { runBurst } from './scenarios/burst.ts'
import { runBursts } from './scenarios/burst-run.ts'
import { type OverloadDependencies, refuseTooFewFiles, runOverload } from './scenarios/overload.ts'
import { type LoadSettings, readLoadSettings } from './settings.ts'

const exitCodes = { pass: 0, fail: 1, 'in-flight': 1, wrongUse: 2 } as const

/** Without brokers a missing row is never called lost, only undecided. */
const openDrainLag = (brokers: string[] | undefined, database: Database): DrainLag => {
  if (brokers === undefined) return unknownLag
  const log = createLogger('load', 'silent')
  const kafka = createKafka({ brokers, clientId: 'firstcome-load', log, requestTimeoutMs: 10_000 })
  return createDrainLag(createTopicAdmin(kafka), createPositionRepository(database), grantsTopic)
}

type Wiring = Omit<OverloadDependencies, 'metricsUrl'> & { settings: LoadSettings; machine: Machine }

/** Connects everything that a scenario needs, while `work` runs. */
const withWiring = async <Result>(
  url: string | undefined,
  work: (wiring: Wiring) => Promise<Result>,
): Promise<Result> => {
  const settings = readLoadSettings(process.env, url)
  const api = createApiClient({
    url: settings.apiUrl,
    adminToken: settings.adminToken,
    connections: 64,
    answerTimeoutMs: 5_000,
  })
  const database = connectDatabase({ url: settings.databaseUrl, connectionsMax: 2, queryTimeoutMs: 30_000 })
  const ledger = createLedgerReader(database)
  const lag = openDrainLag(settings.kafkaBrokers, database)
  try {
    const machine = await describeMachine(await ledger.version(), new Date())
    return await work({
      settings,
      machine,
      url: settings.apiUrl,
      api,
      ledger,
      lag,
      stallMs: 15_000,
      progress: createProgressDisplay(process.stderr),
      sign: createTokenSigner(settings.jwtSecret),
      now: () => performance.now(),
    })
  } finally {
    await api.close()
    await lag.close()
    await database.close()
  }
}

const burst = ({ url, history, ...asked }: BurstArguments): Promise<Verdict> =>
  withWiring(url, async ({ settings, machine, ...wiring }) => {
    const bare = { ...wiring, jwtSecret: settings.jwtSecret }
    const run = await runBursts(asked, {
      burst: (plan) => runBurst(plan, { ...wiring, ...(history === undefined ? {} : { history }) }),
      withBare: (work) => withBareServer(bare, work),
    })
    await writeBurstReport(run, asked, machine, process.stdout)
    return run.verdict
  })

const overload = async ({ url, metrics, json, ...plan }: OverloadArguments): Promise<Verdict> => {
  await refuseTooFewFiles(plan.connections)
  return withWiring(url, async ({ settings, machine, ...wiring }) => {
    const result = await runOverload(plan, { ...wiring, metricsUrl: metrics ?? settings.apiMetricsUrl })
    await writeOverloadReport(result, machine, process.stdout, json)
    return result.verdict
  })
}

const words = process.argv.slice(2)
try {
  const asked = parseArguments(words)
  if (asked === 'help') process.stdout.write(`${usage}\n`)
  else
    process.exitCode =
      exitCodes[asked.kind === 'burst' ? await burst(asked.burst) : await overload(asked.overload)]
} catch (cause) {
  process.stderr.write(`\n${messageOf(cause)}\n`)
  process.exitCode =
    cause instanceof Failure && cause.code === 'refused' ? exitCodes.wrongUse : exitCodes.fail
}
