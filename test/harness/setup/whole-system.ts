import { randomUUIDv7 } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { createIdentity, createTopics, migrateTables } from '../../../migrations/migrate.ts'
import { createTokenSigner } from '../../../platform/http/token.ts'
import { createKafka } from '../../../platform/kafka/client.ts'
import { createProducer } from '../../../platform/kafka/producer.ts'
import { createTopicAdmin } from '../../../platform/kafka/topic-admin.ts'
import { createTopicReader } from '../../../platform/kafka/topic-reader.ts'
import { createLogger } from '../../../platform/log/logger.ts'
import { connectDatabase } from '../../../platform/mysql/database.ts'
import { createProgressDisplay } from '../../../platform/progress-display.ts'
import { findFreePort } from '../../../servers/ports.ts'
import { startRedis } from '../../../servers/start-redis.ts'
import { findFreeServerPorts, startServers } from '../../../servers/start-servers.ts'
import { ask, campaignDocument } from '../processes/http-client.ts'
import { startPart } from '../processes/start-part.ts'
import { namedOperators } from '../values/named-tokens.ts'
import { until } from '../values/until.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Addresses of the servers and the secrets, as a process of ours takes them. */
    environment: Record<string, string>
    /** Two API processes on the same servers; a worker records for both. */
    apiUrls: [string, string]
    /** Where the metrics of the first of them and of the worker are. */
    metricsUrls: { api: string; worker: string }
    /** A Redis for gates that are on no list and in no ledger: lists would ask them for their coupons. */
    gatesRedisUrl: string
    /** What these three say, as they say it. */
    logFiles: string[]
    /** A folder of this run: whatever a test starts keeps its data and logs there. */
    folder: string
  }
}

/** Tables and topics on fresh servers. */
export const migrate = async (environment: Record<string, string>): Promise<void> => {
  const database = connectDatabase({
    url: environment['DATABASE_URL'] ?? '',
    connectionsMax: 2,
    queryTimeoutMs: 60_000,
  })
  const kafka = createKafka({
    brokers: (environment['KAFKA_BROKERS'] ?? '').split(','),
    clientId: 'firstcome-test',
    log: createLogger('test', 'silent'),
    requestTimeoutMs: 30_000,
  })
  const [topics, reader, producer] = [
    createTopicAdmin(kafka),
    createTopicReader(kafka),
    createProducer(kafka),
  ]
  await migrateTables(database)
  await createTopics(topics, { grantsPartitions: 3, replicationFactor: 1, minInsyncReplicas: 1 })
  await createIdentity({ database, topics, reader, producer, newId: randomUUIDv7, now: Date.now })
  await Promise.all([reader.close(), producer.close()])
  await topics.close()
  await database.close()
}

/**
 * Creates the first campaign of all, and waits until these API processes have read the list that it is on.
 * Before it there is no list, and nobody may say that there is no such campaign, or that a list of coupons is
 * complete.
 */
export const createFirstCampaign = async (
  environment: Record<string, string>,
  urls: readonly string[],
): Promise<void> => {
  const token = createTokenSigner(environment['JWT_SECRET'] ?? '')('first', 3_600)
  const created = await ask(`${urls[0]}/v1/admin/campaigns`, {
    method: 'POST',
    token: environment['ADMIN_TOKEN'] ?? '',
    json: campaignDocument(),
  })
  if (created.status !== 201) throw new Error(`not created: ${JSON.stringify(created.body)}`)
  for (const url of urls)
    await until(`${url} knows the campaigns`, async () => {
      const { body } = await ask(`${url}/v1/coupons`, { token })
      return body['complete'] === true
    })
}

/** What processes under test are given. */
export const secrets = {
  JWT_SECRET: 'a secret of the tests, of 32 bytes or more',
  ADMIN_TOKEN: 'the token of the tests',
  OPERATORS: namedOperators,
}

/** Only what closed more than a year ago is retired, but that soon. */
const quickRetirement = { GATE_LIFETIME_MS: '31536000000', RETIREMENT_INTERVAL_MS: '200' }

/** Servers (started, or those that the environment gives), tables, topics, two API processes and a worker. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const folder = await mkdtemp(join(tmpdir(), 'firstcome-test-'))
  const servers = await startServers({
    folder,
    ports: await findFreeServerPorts(),
    environment: process.env,
    progress: createProgressDisplay(process.stderr),
  })
  const environment = {
    ...servers.environment,
    // Some hundred processes of ours load the same code.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
    ...secrets,
  }
  await migrate(environment)
  const [worker, first, second] = await Promise.all([
    startPart('worker', { ...environment, ...quickRetirement }, { folder, waitFor: 'ready' }),
    startPart('api', environment, { folder, waitFor: 'ready' }),
    startPart('api', environment, { folder, waitFor: 'ready' }),
  ])
  await createFirstCampaign(environment, [first.url, second.url])
  const gates = await startRedis({ folder: join(folder, 'gates'), port: await findFreePort() })
  project.provide('environment', environment)
  project.provide('gatesRedisUrl', gates.url)
  project.provide('apiUrls', [first.url, second.url])
  project.provide('metricsUrls', { api: first.metricsUrl, worker: worker.metricsUrl })
  project.provide(
    'logFiles',
    [worker, first, second].map(({ logFile }) => logFile),
  )
  project.provide('folder', folder)
  return async () => {
    await Promise.all([first.stop(), second.stop()])
    await worker.stop()
    await Promise.all([servers.stop(), gates.stop()])
    await rm(folder, { recursive: true, force: true })
  }
}
