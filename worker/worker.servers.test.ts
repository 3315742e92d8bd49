import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import type { Campaign } from '../coupon/campaign.ts'
import type { Grant } from '../coupon/grant.ts'
import { createPositionRepository } from '../coupon/ledger/positions.ts'
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

const partitions = [0, 1, 2]
let servers: StartedServers
let kafka: KafkaCluster
let topics: TopicAdmin
let producer: Producer
let folder: string
/** Its own Kafka: all workers at one Kafka are one group, and these tests kill that group. */
beforeAll(async () => {
  folder = join(inject('folder'), `worker-${randomUUID()}`)
  const { REDIS_URL, DATABASE_URL } = inject('environment')
  const environment = { ...process.env, REDIS_URL, DATABASE_URL, KAFKA_BROKERS: '' }
  const progress = createProgressDisplay({ write: () => {} })
  servers = await startServers({ folder, ports: await findFreeServerPorts(), environment, progress })
  const options = { brokers: [servers.environment.KAFKA_BROKERS], requestTimeoutMs: 10_000 }
  kafka = createKafka({ ...options, clientId: 'test', log: createLogger('test', 'silent') })
  topics = createTopicAdmin(kafka)
  producer = createProducer(kafka)
  await createTopics(topics, { grantsPartitions: 3, replicationFactor: 1, minInsyncReplicas: 1 })
  await joinDeployment(kafka)
})
const running: ProcessHandle[] = []
const ledgers: OwnDatabase[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.stop()))
  await Promise.all(ledgers.splice(0).map((ledger) => ledger.close()))
})
afterAll(async () => {
  await Promise.all([producer.close(), topics.close()])
  await servers.stop()
})

/** A ledger whose positions are at the present ends of the topic. */
const openLedger = async (): Promise<OwnDatabase> => {
  const ledger = await createOwnDatabase()
  ledgers.push(ledger)
  const ends = (await topics.offsets(grantsTopic)).map(({ partition, end }) => [partition, end])
  await ledger.change('INSERT INTO ledger_positions (partition_id, next_offset) VALUES ?', [ends])
  return ledger
}
const environmentOf = (ledger: OwnDatabase) => ({ ...servers.environment, DATABASE_URL: ledger.url })
const startWorker = async (ledger: OwnDatabase, settings: Record<string, string> = {}): Promise<Running> => {
  const environment = { ...environmentOf(ledger), ...settings }
  const worker = await startPart('worker', environment, { folder, waitFor: 'ready' })
  running.push(worker)
  return worker
}
/** A campaign for which no keeper looks for a gate. */
const createRetired = async (ledger: OwnDatabase): Promise<Campaign> => {
  const campaign = await ledger.createCampaign({ epoch: 1 })
  await ledger.change('UPDATE campaigns SET retired_at_ms = 1, granted = 0')
  return campaign
}
const append = async (grants: readonly Grant[]): Promise<void> => {
  const third = Math.ceil(grants.length / 3)
  for (const partition of partitions) {
    const values = grants
      .slice(partition * third, (partition + 1) * third)
      .map((grant) => ({ value: encodeGrant(grant) }))
    await producer.append(grantsTopic, partition, values)
  }
}
const drained = (ledger: OwnDatabase, campaign: { id: string }, count: number): Promise<Grant[]> =>
  until(
    `${count} rows`,
    async () => {
      const rows = await storedOf(ledger, campaign)
      return rows.length >= count && rows
    },
    40_000,
  )

test('a ledger that was restored to an older state catches up without a new record', async () => {
  const ledger = await openLedger()
  const campaign = await createRetired(ledger)
  await startWorker(ledger)
  const [early, late] = [grantsOf(campaign, 150), grantsOf(campaign, 150, 151)]
  await append(early)
  await drained(ledger, campaign, 150)
  const older = await ledger.rows('SELECT partition_id, next_offset FROM ledger_positions')
  await append(late)
  await drained(ledger, campaign, 300)

  await ledger.database.transaction(async (connection) => {
    await connection.change('DELETE FROM coupons WHERE `rank` > 150')
    for (const { partition_id, next_offset } of older)
      await connection.change('UPDATE ledger_positions SET next_offset = ? WHERE partition_id = ?', [
        next_offset,
        partition_id,
      ])
    return { commit: true, result: undefined }
  })
  expect(await drained(ledger, campaign, 300)).toEqual([...early, ...late])
})

test('lag tools see where the ledger stands, also when no record has come since the worker joined', async () => {
  const ledger = await openLedger()
  const campaign = await createRetired(ledger)
  const worker = await startWorker(ledger)
  await append(grantsOf(campaign, 30))
  await drained(ledger, campaign, 30)
  await worker.stop()
  const admin = kafka.admin()
  await admin.connect()
  await admin.deleteGroups([recorderGroup])
  await startWorker(ledger)
  const positions = await createPositionRepository(ledger.database).read(partitions)
  await until('the group has the offsets of the ledger', async () => {
    const [found] = await admin.fetchOffsets({ groupId: recorderGroup, topics: [grantsTopic] })
    return found?.partitions.every(({ partition, offset }) => Number(offset) === positions.get(partition))
  })
  await admin.disconnect()
})

test('after a worker is killed in the middle of a batch, the next one has every row once', async () => {
  const ledger = await openLedger()
  const campaign = await createRetired(ledger)
  const worker = await startWorker(ledger, { LEDGER_BATCH_SIZE_MAX: '50' })
  const grants = grantsOf(campaign, 600)
  await append(grants.slice(0, 300))
  await drained(ledger, campaign, 300)
  await ledger.database.transaction(async (connection) => {
    // The rows of a batch are inserted, the position is locked, nothing is committed.
    await connection.read('SELECT * FROM ledger_positions FOR UPDATE')
    await append(grants.slice(300))
    await until('the worker is in the middle of a batch', async () => {
      const statements = await ledger.rows(
        'SELECT info FROM information_schema.processlist WHERE db = DATABASE()',
      )
      return statements.some(({ info }) =>
        String(info).startsWith('SELECT next_offset FROM ledger_positions'),
      )
    })
    worker.kill()
    await worker.exited
    return { commit: false, result: undefined }
  })
  expect(await storedOf(ledger, campaign)).toHaveLength(300)
  await startWorker(ledger)
  expect(await drained(ledger, campaign, 600)).toEqual(grants)
})

test('when workers join and leave while records arrive, every row is stored once', async () => {
  const ledger = await openLedger()
  const campaign = await createRetired(ledger)
  const grants = grantsOf(campaign, 900)
  const first = await startWorker(ledger)
  await append(grants.slice(0, 300))
  await startWorker(ledger)
  await append(grants.slice(300, 600))
  await first.stop()
  await append(grants.slice(600))
  expect(await drained(ledger, campaign, 900)).toEqual(grants)
})

/** Runs a worker until it exits by itself. */
const endOf = async (ledger: OwnDatabase): Promise<{ code: number | null; said: string }> => {
  const worker = await startProcess({
    name: 'worker',
    command: process.execPath,
    arguments: [join(import.meta.dirname, 'main.ts')],
    environment: { ...environmentOf(ledger), WORKER_PORT: '0', WORKER_METRICS_PORT: '0', LOG_LEVEL: 'info' },
    folder: join(folder, `ending-${randomUUID()}`),
    stopWithinMs: 8_000,
  })
  running.push(worker)
  const { code } = await worker.exited
  return { code, said: worker.lastLines(5).join('\n') }
}

test('with a position beyond the end of the topic the worker exits and names it', async () => {
  const ledger = await openLedger()
  await ledger.change('UPDATE ledger_positions SET next_offset = next_offset + 1000 WHERE partition_id = 1')
  const { code, said } = await endOf(ledger)
  expect(code).toBe(1)
  expect(said).toMatch(
    /the position of the ledger in partition 1 of coupon\.grants\.v1 is \d+, but Kafka has \d+ to \d+/,
  )
})

test('with a position before the start of the topic the worker exits and names it', async () => {
  const ledger = await openLedger()
  const campaign = await createRetired(ledger)
  await append(grantsOf(campaign, 30))
  const admin = kafka.admin()
  await admin.connect()
  const offsets = await admin.fetchTopicOffsets(grantsTopic)
  const end = Number(offsets.find(({ partition }) => partition === 2)?.high)
  await admin.deleteTopicRecords({
    topic: grantsTopic,
    partitions: [{ partition: 2, offset: String(end - 5) }],
  })
  await admin.disconnect()
  const { code, said } = await endOf(ledger)
  expect(code).toBe(1)
  expect(said).toContain(
    `in partition 2 of coupon.grants.v1 is ${end - 10}, but Kafka has ${end - 5} to ${end}`,
  )
})
