import type { z } from 'zod'
import { createPositionRepository } from '../coupon/ledger/positions.ts'
import { grantsTopic } from '../coupon/log/topics.ts'
import { databaseConnection } from '../platform/connections/database-connection.ts'
import { kafkaConnection } from '../platform/connections/kafka-connection.ts'
import { createTokenSigner } from '../platform/http/token.ts'
import { createKafka } from '../platform/kafka/client.ts'
import { createTopicAdmin } from '../platform/kafka/topic-admin.ts'
import { createLogger } from '../platform/log/logger.ts'
import { connectDatabase, type Database } from '../platform/mysql/database.ts'
import { createProgressDisplay } from '../platform/progress-display.ts'
import { createDrainLag, type DrainLag, unknownLag } from './ledger/drain-lag.ts'
import { createLedgerReader } from './ledger/ledger-reader.ts'
import { describeMachine, type Machine } from './measure/machine.ts'
import { createApiClient } from './people/api-client.ts'
import type { OverloadDependencies } from './scenarios/overload.ts'
import type { loadSettings } from './settings.ts'

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

export type Target = {
  url: string | undefined
  settings: Settings
  stderr: NodeJS.WritableStream
}
export type Wiring = Omit<OverloadDependencies, 'metricsUrl'> & { machine: Machine }

/** The origin of the API: the option, the setting, or the port that `npm start` uses. */
export const originOf = (option: string | undefined, setting: string | undefined): string =>
  new URL(option ?? setting ?? 'http://127.0.0.1:8080').origin

/** Connects everything that a scenario needs, while `work` runs. */
export const withWiring = async <Result>(
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
