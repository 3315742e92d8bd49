import { writeFile } from 'node:fs/promises'
import type { z } from 'zod'
import { createPositionRepository } from '../coupon/ledger/positions.ts'
import { grantsTopic } from '../coupon/log/topics.ts'
import { defineCommand, defineCommandGroup } from '../platform/command.ts'
import { databaseConnection } from '../platform/connections/database-connection.ts'
import { kafkaConnection } from '../platform/connections/kafka-connection.ts'
import { createTokenSigner } from '../platform/http/token.ts'
import { createKafka } from '../platform/kafka/client.ts'
import { createTopicAdmin } from '../platform/kafka/topic-admin.ts'
import { createLogger } from '../platform/log/logger.ts'
import { connectDatabase, type Database } from '../platform/mysql/database.ts'
import { createProgressDisplay } from '../platform/progress-display.ts'
import { burstArgumentsOf, burstCommandLine, burstOptions, checkBurst } from './arguments/burst.ts'
import { hostileCommandLine, hostileOptions, hostilePlanOf } from './arguments/hostile.ts'
import {
  manyCampaignsCommandLine,
  manyCampaignsOptions,
  manyCampaignsPlanOf,
} from './arguments/many-campaigns.ts'
import { overloadCommandLine, overloadOptions, overloadPlanOf } from './arguments/overload.ts'
import { refusalsCommandLine, refusalsOptions, refusalsPlanOf } from './arguments/refusals.ts'
import { createDrainLag, type DrainLag, unknownLag } from './ledger/drain-lag.ts'
import { createLedgerReader } from './ledger/ledger-reader.ts'
import { describeMachine, type Machine } from './measure/machine.ts'
import { createApiClient } from './people/api-client.ts'
import { burstReport } from './report/burst.ts'
import { hostileReport } from './report/hostile.ts'
import { manyCampaignsReport } from './report/many-campaigns.ts'
import { markdownReport } from './report/markdown.ts'
import { overloadReport } from './report/overload.ts'
import { refusalsReport } from './report/refusals.ts'
import { withBareServer } from './scenarios/baseline.ts'
import { runBurst } from './scenarios/burst.ts'
import { runBursts } from './scenarios/burst-run.ts'
import { startFullApi } from './scenarios/full-api.ts'
import { hostileOutcome, runHostile } from './scenarios/hostile.ts'
import { runManyCampaigns } from './scenarios/many-campaigns.ts'
import { type OverloadDependencies, refuseTooFewFiles, runOverload } from './scenarios/overload.ts'
import { runRefusals } from './scenarios/refusals.ts'
import { loadSettings } from './settings.ts'

type Settings = z.infer<typeof loadSettings>

/** Without brokers a missing row is never called lost, only undecided. */
const openDrainLag = (settings: Settings, database: Database): DrainLag => {
  const { KAFKA_BROKERS } = settings
  if (KAFKA_BROKERS === undefined) return unknownLag
  const log = createLogger('load', 'silent')
  const kafka = createKafka({
    ...kafkaConnection({ ...settings, KAFKA_BROKERS }),
    clientId: 'firstcome-load',
    log,
    requestTimeoutMs: 10_000,
  })
  return createDrainLag(createTopicAdmin(kafka), createPositionRepository(database), grantsTopic)
}

type Target = {
  url: string | undefined
  settings: Settings
  stderr: NodeJS.WritableStream
}
type Wiring = Omit<OverloadDependencies, 'metricsUrl'> & { machine: Machine }

/** The origin of the API: the option, the setting, or the port that `npm start` uses. */
export const originOf = (option: string | undefined, setting: string | undefined): string =>
  new URL(option ?? setting ?? 'http://127.0.0.1:8080').origin

const metricsUrlOf = (option: string | undefined, settings: Target['settings']): string =>
  option ?? `http://${settings.METRICS_HOST}:${settings.API_METRICS_PORT}/metrics`

/** Connects everything that a scenario needs, while `work` runs. */
const withWiring = async <Result>(
  { url: asked, settings, stderr }: Target,
  work: (wiring: Wiring) => Promise<Result>,
): Promise<Result> => {
  const url = originOf(asked, settings.API_URL)
  const api = createApiClient({
    url,
    adminToken: settings.ADMIN_TOKEN,
    connections: 64,
    answerTimeoutMs: 5_000,
  })
  const database = connectDatabase({
    ...databaseConnection(settings),
    connectionsMax: 2,
    queryTimeoutMs: 30_000,
  })
  const ledger = createLedgerReader(database)
  const lag = openDrainLag(settings, database)
  try {
    return await work({
      machine: await describeMachine(await ledger.version(), new Date()),
      url,
      api,
      ledger,
      lag,
      stallMs: 15_000,
      progress: createProgressDisplay(stderr),
      sign: createTokenSigner(settings.JWT_SECRET),
      now: () => performance.now(),
    })
  } finally {
    await api.close()
    await lag.close()
    await database.close()
  }
}

const common = {
  settings: loadSettings,
  exitCodes: {
    pass: [0, 'PASS: every promise held'],
    fail: [1, 'FAIL: a promise was broken'],
    'in-flight': [1, 'IN FLIGHT: a promise could not be decided'],
    unknown: [1, 'UNKNOWN: the ledger or the log could not be read, and the report says why'],
  },
  failureExitCode: [1, 'it could not run'],
} as const

export const burstCommand = defineCommand({
  ...common,
  name: 'npm run load -- burst',
  summary: 'Lets every shopper press once, and compares the answers with the rows in the database.',
  options: burstOptions,
  check: checkBurst,
  run: (values, { settings, stdout, stderr, print }) =>
    withWiring({ url: values.url, settings, stderr }, async ({ machine, ...wiring }) => {
      const asked = burstArgumentsOf(values)
      const { history, report } = values
      const run = await runBursts(asked, {
        burst: (plan) => runBurst(plan, { ...wiring, ...(history === undefined ? {} : { history }) }),
        withBare: (work) => withBareServer({ ...wiring, jwtSecret: settings.JWT_SECRET }, work),
      })
      const command = burstCommandLine(asked)
      await print({ text: `${burstReport(run, machine, stdout)}\n`, json: { command, machine, ...run } })
      if (report !== undefined) await writeFile(report, markdownReport(run, machine, command))
      return run.verdict
    }),
})

export const overloadCommand = defineCommand({
  ...common,
  name: 'npm run load -- overload',
  summary: 'Measures the peak, then offers several times as many people, who disconnect and press again.',
  options: overloadOptions,
  async run({ url, metrics, ...values }, { settings, stdout, stderr, print }) {
    const plan = overloadPlanOf({ url, metrics, ...values })
    await refuseTooFewFiles(plan.connections)
    return withWiring({ url, settings, stderr }, async ({ machine, ...wiring }) => {
      const result = await runOverload(plan, { ...wiring, metricsUrl: metricsUrlOf(metrics, settings) })
      const command = overloadCommandLine(plan)
      await print({
        text: `${overloadReport(result, machine, stdout)}\n`,
        json: { command, machine, ...result },
      })
      return result.verdict
    })
  },
})

const refusalsCommand = defineCommand({
  ...common,
  name: 'npm run load -- refusals',
  summary: 'Measures what each refusal costs the processor of the API, against a grant.',
  options: refusalsOptions,
  exitCodes: { ...common.exitCodes, dear: [1, 'DEAR: a refusal costs half of a grant or more'] },
  run: ({ url, metrics, ...values }, { settings, environment, stdout, stderr, print }) =>
    withWiring({ url, settings, stderr }, async ({ machine, ...wiring }) => {
      const plan = refusalsPlanOf({ url, metrics, ...values })
      const result = await runRefusals(plan, {
        ...wiring,
        metricsUrl: metricsUrlOf(metrics, settings),
        adminToken: settings.ADMIN_TOKEN,
        signWrongly: createTokenSigner(`${settings.JWT_SECRET}, but another`),
        async withFullApi(work) {
          const full = await startFullApi(environment)
          try {
            return await work(full)
          } finally {
            await full.stop()
          }
        },
      })
      const command = refusalsCommandLine(plan)
      await print({
        text: `${refusalsReport(result, machine, stdout)}\n`,
        json: { command, machine, ...result },
      })
      return result.verdict === 'pass' && result.dear.length > 0 ? 'dear' : result.verdict
    }),
})

const manyCampaignsCommand = defineCommand({
  ...common,
  name: 'npm run load -- many-campaigns',
  summary: 'Measures lists of coupons with few and with many live campaigns, and presses beside them.',
  options: manyCampaignsOptions,
  exitCodes: {
    ...common.exitCodes,
    uneven: [1, 'UNEVEN: with many live campaigns lists or presses are slower'],
  },
  run: (values, { settings, stdout, stderr, print }) =>
    withWiring({ url: values.url, settings, stderr }, async ({ machine, ...wiring }) => {
      const plan = manyCampaignsPlanOf(values)
      const result = await runManyCampaigns(plan, wiring)
      const command = manyCampaignsCommandLine(plan)
      await print({
        text: `${manyCampaignsReport(result, machine, stdout)}\n`,
        json: { command, machine, ...result },
      })
      const { verdict, listsRatio, pressRatio, ratioMin } = result
      return verdict === 'pass' && Math.min(listsRatio, pressRatio) < ratioMin ? 'uneven' : verdict
    }),
})

const hostileCommand = defineCommand({
  ...common,
  name: 'npm run load -- hostile',
  summary: 'Measures how much longer people wait beside each kind of bad client.',
  options: hostileOptions,
  exitCodes: {
    ...common.exitCodes,
    harmed: [1, 'HARMED: beside a bad client somebody was not served, or the p99 more than tripled'],
  },
  run: ({ url, ...values }, { settings, stdout, stderr, print }) =>
    withWiring({ url, settings, stderr }, async ({ machine, ...wiring }) => {
      const plan = hostilePlanOf({ url, ...values })
      const result = await runHostile(plan, wiring)
      const command = hostileCommandLine(plan)
      await print({
        text: `${hostileReport(result, machine, stdout)}\n`,
        json: { command, machine, ...result },
      })
      return hostileOutcome(result)
    }),
})

/** Loads a running system, and judges it by its answers and its rows. */
export const loadCommand = defineCommandGroup({
  burst: burstCommand,
  overload: overloadCommand,
  refusals: refusalsCommand,
  'many-campaigns': manyCampaignsCommand,
  hostile: hostileCommand,
})
