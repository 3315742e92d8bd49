import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import type { Campaign } from '../coupon/campaign.ts'
import type { Grant } from '../coupon/grant.ts'
import { encodeGrant } from '../coupon/log/log-record.ts'
import { grantsTopic, recorderGroup } from '../coupon/log/topics.ts'
import { createTopics } from '../migrations/migrate.ts'
import { createKafka, type KafkaCluster } from '../platform/kafka/client.ts'
import { createProducer, type Producer } from '../platform/kafka/producer.ts'
import { createTopicAdmin, type TopicAdmin } from '../platform/kafka/topic-admin.ts'
import { createLogger } from '../platform/log/logger.ts'
import { createProgressDisplay } from '../platform/progress-display.ts'
import { type ProcessHandle, startProcess } from '../servers/processes/start-process.ts'
import { findFreeServerPorts, type StartedServers, startServers } from '../servers/start-servers.ts'
import { type Running, startPart } from '../test/harness/processes/start-part.ts'
import { joinDeployment } from '../test/harness/servers/join-deployment.ts'
import { createOwnDatabase, type OwnDatabase } from '../test/harness/servers/own-database.ts'
import { grantsOf, storedOf } from '../test/harness/values/grants.ts'
import { until } from '../test/harness/values/until.ts'

let servers: StartedServers
let kafka: KafkaCluster
let admin: ReturnType<KafkaCluster['admin']>
let topics: TopicAdmin
let producer: Producer
let folder: string
/** Its own Kafka: these tests delete its topic and disturb the group of its workers. */
beforeAll(async () => {
  folder = join(inject('folder'), `log-trouble-${randomUUID()}`)
  const { REDIS_URL, DATABASE_URL } = inject('environment')
  const environment = { ...process.env, REDIS_URL, DATABASE_URL, KAFKA_BROKERS: '' }
  const progress = createProgressDisplay({ write: () => {} })
  servers = await startServers({ folder, ports: await findFreeServerPorts(), environment, progress })
  const options = { brokers: [servers.environment.KAFKA_BROKERS], requestTimeoutMs: 10_000 }
  kafka = createKafka({ ...options, clientId: 'test', log: createLogger('test', 'silent') })
  topics = createTopicAdmin(kafka)
  producer = createProducer(kafka)
  admin = kafka.admin()
  await admin.connect()
  await createTopics(topics, { grantsPartitions: 3, replicationFactor: 1, minInsyncReplicas: 1 })
  await joinDeployment(kafka)
})
const running = new Set<ProcessHandle>()
const ledgers: OwnDatabase[] = []
afterEach(async () => {
  await Promise.all([...running].map((worker) => worker.stop()))
  running.clear()
  await Promise.all(ledgers.splice(0).map((ledger) => ledger.close()))
})
afterAll(async () => {
  await Promise.all([producer.close(), topics.close(), admin.disconnect()])
  await servers.stop()
})

const removeTopics = async (): Promise<void> => {
  const present = await admin.listTopics()
  const ours = present.filter((name) => name.startsWith('coupon.grants'))
  if (ours.length > 0) await admin.deleteTopics({ topics: ours })
  await until('the topics are gone', async () =>
    (await admin.listTopics()).every((name) => !name.startsWith('coupon.grants')),
  )
}
const createAnew = async (grantsPartitions: number): Promise<void> => {
  await removeTopics()
  // The previous producer knows the partitions of the deleted topic.
  await producer.close()
  producer = createProducer(kafka)
  await createTopics(topics, { grantsPartitions, replicationFactor: 1, minInsyncReplicas: 1 })
}
const openLedger = async (): Promise<OwnDatabase> => {
  const ledger = await createOwnDatabase()
  ledgers.push(ledger)
  return ledger
}
const environmentOf = ({ url }: OwnDatabase) => ({ ...servers.environment, DATABASE_URL: url })
const startWorker = async (ledger: OwnDatabase, settings: Record<string, string> = {}): Promise<Running> => {
  const environment = { ...environmentOf(ledger), ...settings }
  const worker = await startPart('worker', environment, { folder, waitFor: 'ready' })
  running.add(worker)
  return worker
}
type End = { code: number | null; said: string }
/** The exit code and the last output of a worker that exits by itself. */
const endOf = async (worker: ProcessHandle): Promise<End> => {
  const { code } = await worker.exited
  return { code, said: worker.lastLines(10).join('\n') }
}
const runWorker = async (ledger: OwnDatabase): Promise<End> => {
  const worker = await startProcess({
    name: 'worker',
    command: process.execPath,
    arguments: [join(import.meta.dirname, 'main.ts')],
    environment: { ...environmentOf(ledger), WORKER_PORT: '0', WORKER_METRICS_PORT: '0', LOG_LEVEL: 'info' },
    folder: join(folder, `ending-${randomUUID()}`),
    stopWithinMs: 8_000,
  })
  running.add(worker)
  return endOf(worker)
}
/** A campaign whose gate was retired: no keeper looks for it, and its grants are recorded like any other. */
const createSold = async (ledger: OwnDatabase): Promise<Campaign> => {
  const campaign = await ledger.createCampaign({ epoch: 1, stock: 100_000 })
  await ledger.change('UPDATE campaigns SET retired_at_ms = 1, granted = 0')
  return campaign
}
const append = (partition: number, grants: readonly Grant[]): Promise<number> => {
  const records = grants.map((grant) => ({ value: encodeGrant(grant) }))
  return producer.append(grantsTopic, partition, records)
}
const rowCount = async (ledger: OwnDatabase): Promise<number> =>
  Number((await ledger.rows('SELECT COUNT(*) AS count FROM coupons'))[0]?.['count'])

test('a worker without a topic exits and names the topic', async () => {
  await removeTopics()
  const { code, said } = await runWorker(await openLedger())
  expect(code).toBe(1)
  expect(said).toContain('Kafka has no topic coupon.grants.v1')
  expect(await admin.listTopics()).not.toContain(grantsTopic)
})

test('when the topic is created again under a running worker, it exits and names the offsets', async () => {
  await createAnew(3)
  const ledger = await openLedger()
  const campaign = await createSold(ledger)
  const worker = await startWorker(ledger)
  await append(0, grantsOf(campaign, 50))
  await until('50 rows', async () => (await rowCount(ledger)) === 50)
  await createAnew(3)
  const { code, said } = await endOf(worker)
  expect(code).toBe(1)
  expect(said).toMatch(
    /the position of the ledger in partition 0 of coupon\.grants\.v1 is 50, but Kafka has 0 to \d+: records would be skipped/,
  )
  expect(await rowCount(ledger)).toBe(50)
})

test('when the group refuses the worker, it exits with code 1 and the cause', async () => {
  await createAnew(3)
  // A group with another protocol: no worker can ever join it.
  const protocol = () => ({ name: 'another', metadata: Buffer.alloc(0) })
  const assigner = { name: 'another', version: 0, protocol, assign: async () => [] }
  const stranger = kafka.consumer({
    groupId: recorderGroup,
    partitionAssigners: [() => assigner],
  })
  await stranger.connect()
  await stranger.subscribe({ topic: grantsTopic })
  const joined = Promise.withResolvers<void>()
  stranger.on(stranger.events.GROUP_JOIN, () => joined.resolve())
  await stranger.run({ eachBatch: async () => {} })
  await joined.promise
  const { code, said } = await runWorker(await openLedger())
  await stranger.disconnect()
  expect(code).toBe(1)
  expect(said).toContain('the Kafka consumer failed: ')
})

test('when workers of twelve partitions join and leave in a backlog, every row is stored once', async () => {
  const partitions = Array.from({ length: 12 }, (_, partition) => partition)
  await createAnew(partitions.length)
  const ledger = await openLedger()
  const campaign = await createSold(ledger)
  const grants: Grant[] = []
  const appendRound = async (): Promise<void> => {
    const round = grantsOf(campaign, 1_200, grants.length + 1)
    grants.push(...round)
    await Promise.all(partitions.map((one) => append(one, round.slice(one * 100, (one + 1) * 100))))
  }
  const settings = { LEDGER_BATCH_SIZE_MAX: '25' }
  /** Appends a round and waits until rows were added, while more records remain. */
  const moves = async (): Promise<void> => {
    const before = await rowCount(ledger)
    await appendRound()
    await until('rows move', async () => (await rowCount(ledger)) > before)
  }
  await appendRound()
  const first = await startWorker(ledger, settings)
  await moves()
  const [second] = await Promise.all([startWorker(ledger, settings), moves()])
  await moves()
  await Promise.all([first.stop(), moves()])
  await Promise.all([startWorker(ledger, settings), moves()])
  await Promise.all([second.stop(), appendRound()])

  const rows = await until(
    `${grants.length} rows`,
    async () => {
      const found = await storedOf(ledger, campaign)
      return found.length >= grants.length && found
    },
    40_000,
  )
  expect(rows).toEqual(grants)
  const ends = (await topics.offsets(grantsTopic)).map(({ partition, end }) => [partition, end])
  const stored = await ledger.rows(
    'SELECT partition_id, next_offset FROM ledger_positions ORDER BY partition_id',
  )
  expect(stored.map((row) => [Number(row['partition_id']), Number(row['next_offset'])])).toEqual(ends)
}, 120_000)
