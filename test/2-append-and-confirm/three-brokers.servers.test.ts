import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { createPositionRepository } from '../../coupon/ledger/positions.ts'
import { grantsTopic } from '../../coupon/log/topics.ts'
import { createTopics } from '../../migrations/migrate.ts'
import { createProducer } from '../../platform/kafka/producer.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { type Brokers, startBrokers } from '../harness/servers/brokers.ts'
import { createOwnDatabase, type OwnDatabase } from '../harness/servers/own-database.ts'
import { type OwnRecorder, startOwnRecorder } from '../harness/shop/own-recorder.ts'
import { openRedis } from '../harness/values/armed-gate.ts'
import { type GrantStream, openGrantStream } from '../harness/values/grant-streams.ts'
import { storedOf } from '../harness/values/grants.ts'
import { until } from '../harness/values/until.ts'

/** NOT_ENOUGH_REPLICAS, and the same after it was appended. */
const refusal = /fewer in-sync replicas than required/
let brokers: Brokers
let redis: RedisClient
let ledger: OwnDatabase
let recorder: OwnRecorder
beforeAll(async () => {
  const opened = await Promise.all([
    startBrokers('three-brokers'),
    openRedis(inject('gatesRedisUrl')),
    createOwnDatabase(),
  ])
  ;[brokers, redis, ledger] = opened
  await createTopics(brokers.topics, {
    ...{ grantsPartitions: 3, replicationFactor: 3, minInsyncReplicas: 2 },
  })
  await createPositionRepository(ledger.database).read([0, 1, 2])
  const topic = {
    name: grantsTopic,
    kafka: brokers.kafka,
    offsets: () => brokers.topics.offsets(grantsTopic),
  }
  recorder = await startOwnRecorder(topic, ledger.database)
}, 120_000)
const streams: GrantStream[] = []
afterEach(async () => {
  await Promise.all(streams.splice(0).map((stream) => stream.end()))
  await brokers.heal(grantsTopic)
}, 120_000)
afterAll(async () => {
  await recorder.stop()
  await brokers.stop()
  redis.close()
  await ledger.close()
})

const openStream = async (): Promise<GrantStream> => {
  const stream = await openGrantStream({ brokers, ledger, redis, publishDeadlineMs: 1_000 })
  streams.push(stream)
  return stream
}

/** Nobody waited past the deadline, and the ledger has exactly what the gate granted. */
const expectExact = async (stream: GrantStream): Promise<void> => {
  expect([...stream.answers.values()].filter((answer) => answer === 'late')).toEqual([])
  const granted = [...stream.answers.keys()].flatMap(({ grants }) => grants)
  const rows = await until(
    `${granted.length} rows`,
    async () => {
      const found = await storedOf(ledger, stream.sale)
      return found.length >= granted.length && found
    },
    // The consumer comes back by itself, after pauses that grow: the promise is what it records, not when.
    100_000,
  )
  expect(rows).toEqual(granted.sort((left, right) => left.rank - right.rank))
  expect(recorder.letters).toEqual([])
  await stream.producer.close()
}

const everyPartition = (stream: GrantStream, since = [0, 0, 0]): Promise<boolean> =>
  until(
    'every partition acknowledges',
    () => stream.acknowledged.every((count, partition) => count > (since[partition] ?? 0) + 1),
    40_000,
  )

/** A broker, not the controller, that leads a partition; and whether somebody else leads those by now. */
const leaderOf = async (): Promise<2 | 3> => {
  const leaders = (await brokers.partitions(grantsTopic)).map(({ leader }) => leader)
  return leaders.includes(2) ? 2 : 3
}
const leadsNothing = (id: number): Promise<boolean> =>
  until(`broker ${id} leads nothing`, async () =>
    (await brokers.partitions(grantsTopic)).every(({ leader }) => leader !== id && leader > 0),
  )

describe('three brokers, one or two of them lost', () => {
  test('two leaders are killed amid a stream of grants: nothing waits past the deadline, is lost or doubled', async () => {
    const stream = await openStream()
    await everyPartition(stream)
    const first = await leaderOf()
    await brokers.kill(first)
    await leadsNothing(first)
    await everyPartition(stream, [...stream.acknowledged])
    expect([...stream.answers.values()]).toContain('pending')

    // One copy of two that have to be: refused, however many brokers answer.
    await brokers.kill(first === 2 ? 3 : 2)
    await until(
      'a produce is refused',
      () => stream.failures.some((failure) => refusal.test(failure)),
      40_000,
    )
    await until('the publisher is open', () => stream.grantLog.state().isOpen)
    const before = [...stream.acknowledged]
    await brokers.heal(grantsTopic)
    await everyPartition(stream, before)
    await stream.end()
    await stream.relayed()
    await expectExact(stream)
  }, 200_000)

  test('a stalled leader with open connections is given up for the next one', async () => {
    const stream = await openStream()
    await everyPartition(stream)
    const leader = await leaderOf()
    brokers.freeze(leader)
    await leadsNothing(leader)
    await everyPartition(stream, [...stream.acknowledged])
    await stream.end()
    await stream.relayed()
    await expectExact(stream)
  }, 200_000)

  test('asking for a missing topic never creates it, although these brokers would', async () => {
    const missing = `missing.${randomUUID()}`
    const producer = createProducer(brokers.kafka)
    await expect(producer.append(missing, 0, [{ value: 'x' }])).rejects.toMatchObject({ code: 'unavailable' })
    await expect(brokers.topics.offsets(missing)).rejects.toMatchObject({ code: 'unavailable' })
    await expect(brokers.topics.partitions(missing)).rejects.toMatchObject({ code: 'unavailable' })
    const admin = brokers.kafka.admin()
    await admin.connect()
    expect(await admin.listTopics()).not.toContain(missing)
    await Promise.all([admin.disconnect(), producer.close()])
  })
})
