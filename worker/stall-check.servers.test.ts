import { connect } from 'node:net'
import { expect, inject, test } from 'vitest'
import { createPositionRepository } from '../coupon/ledger/positions.ts'
import { encodeGrant } from '../coupon/log/log-record.ts'
import { createKafka } from '../platform/kafka/client.ts'
import { createProducer } from '../platform/kafka/producer.ts'
import { createLogger } from '../platform/log/logger.ts'
import { repeat } from '../platform/repeat.ts'
import { createOwnDatabase } from '../test/harness/servers/own-database.ts'
import { createOwnTopic } from '../test/harness/servers/own-topic.ts'
import { startOwnRecorder } from '../test/harness/shop/own-recorder.ts'
import { grantsOf, storedOf } from '../test/harness/values/grants.ts'
import { until } from '../test/harness/values/until.ts'
import { createLedgerLag } from './ledger-lag.ts'
import { createPartitionProgress } from './partition-progress.ts'
import { createStallCheck } from './stall-check.ts'

test('a worker that fetches nothing while Kafka has more is not ready until it records again', async () => {
  const [topic, ledger] = [await createOwnTopic(), await createOwnDatabase()]
  await createPositionRepository(ledger.database).read([0, 1, 2])
  const log = createLogger('test', 'silent')
  const consumed = createKafka({
    brokers: (inject('environment')['KAFKA_BROKERS'] ?? '').split(','),
    clientId: 'firstcome-test-consumed',
    log,
    requestTimeoutMs: 10_000,
    socketFactory: ({ onConnect }) => connect(topic.proxy.port, '127.0.0.1', onConnect),
  })
  const place = { name: topic.name, kafka: consumed, offsets: topic.offsets }
  const recorder = await startOwnRecorder(place, ledger.database)
  const lag = createLedgerLag({
    topics: topic,
    progress: recorder.progress,
    log,
    now: Date.now,
    monotonicMs: () => performance.now(),
  })
  const check = createStallCheck(lag, { stallMsMax: 1_000 })
  const stepping = repeat(lag.step, 20)
  const producer = createProducer(topic.kafka)
  const campaign = await ledger.createCampaign({ epoch: 1 })
  const grants = grantsOf(campaign, 200)
  const append = (from: number, to: number): Promise<number> => {
    const values = grants.slice(from, to).map((grant) => ({ value: encodeGrant(grant) }))
    return producer.append(topic.name, 1, values)
  }
  const rows = (count: number) =>
    until(`${count} rows`, async () => (await storedOf(ledger, campaign)).length === count)

  await append(0, 100)
  await rows(100)
  await until('it is ready', check.isReady)
  topic.proxy.hold('answers')
  await append(100, 200)
  await until('it is not ready', () => !check.isReady())
  expect(check.waitsFor?.()).toMatch(
    /^the ledger has recorded nothing for \d+ s although it is behind Kafka$/,
  )
  expect(recorder.progress.isAligned()).toBe(true)

  topic.proxy.release()
  await rows(200)
  await until('it is ready', check.isReady)
  expect(await storedOf(ledger, campaign)).toEqual(grants)
  stepping.stop()
  await Promise.all([recorder.stop(), producer.close()])
  await topic.close()
  await ledger.close()
})

test('a worker that cannot read the end offsets of Kafka says so, until it can', async () => {
  let nowMs = 1_000
  let isUnavailable = false
  const lag = createLedgerLag({
    topics: {
      offsets: () =>
        isUnavailable ? Promise.reject(new Error('Kafka is unavailable')) : Promise.resolve([]),
    },
    progress: { positions: () => new Map(), owns: () => true },
    log: createLogger('test', 'silent'),
    monotonicMs: () => nowMs,
    now: () => nowMs,
  })
  const check = createStallCheck(lag, { stallMsMax: 10_000 })
  isUnavailable = true
  nowMs += 9_999
  await lag.step()
  expect(check.isReady()).toBe(true)
  nowMs += 1
  expect(check.isReady()).toBe(false)
  expect(check.waitsFor?.()).toBe('Kafka has not returned its end offsets for 10 s')
  isUnavailable = false
  await lag.step()
  expect(check.isReady()).toBe(true)
})

test('a worker that is behind in every partition and records one of them is ready', async () => {
  let nowMs = 1_000
  const positions = new Map([
    [0, 0],
    [1, 0],
  ])
  const ends = [0, 1].map((partition) => ({ partition, first: 0, end: 100 }))
  const lag = createLedgerLag({
    topics: { offsets: async () => ends },
    progress: { positions: () => positions, owns: () => true },
    log: createLogger('test', 'silent'),
    monotonicMs: () => nowMs,
    now: () => nowMs,
  })
  const check = createStallCheck(lag, { stallMsMax: 10_000 })
  for (let turn = 1; turn <= 10; turn += 1) {
    await lag.step()
    nowMs += 9_000
    positions.set(1, turn)
    await lag.step()
    expect(check.isReady()).toBe(true)
  }
  nowMs += 10_000
  await lag.step()
  expect(check.waitsFor?.()).toBe('the ledger has recorded nothing for 10 s although it is behind Kafka')
  expect(check.isReady()).toBe(false)
})

test('a worker that is assigned its partitions again and again, and records nothing, is not ready', async () => {
  let nowMs = 1_000
  const progress = createPartitionProgress({
    positions: { read: async () => new Map([[0, 50]]), lastRecords: async () => new Map() },
    topics: { offsets: async () => [{ partition: 0, first: 0, end: 100 }] },
    reader: { read: async function* () {} },
    log: createLogger('test', 'silent'),
    onMisaligned: () => undefined,
  })
  const lag = createLedgerLag({
    topics: { offsets: async () => [0, 1].map((partition) => ({ partition, first: 0, end: 100 })) },
    progress,
    log: createLogger('test', 'silent'),
    monotonicMs: () => nowMs,
    now: () => nowMs,
  })
  const check = createStallCheck(lag, { stallMsMax: 10_000 })
  const consumer = { assignedPartitions: () => [0], seek: () => undefined }
  for (let turn = 1; turn <= 6; turn += 1) {
    progress.assigned([0])
    await lag.step()
    await progress.align(consumer)
    await lag.step()
    nowMs += 2_000
  }
  expect(progress.isAligned()).toBe(true)
  expect(check.isReady()).toBe(false)

  // What another worker has by now is no stall of this one.
  progress.assigned([])
  await lag.step()
  expect(check.isReady()).toBe(true)
})
