import { connect } from 'node:net'
import { expect, inject, test } from 'vitest'
import { encodeGrant } from '../coupon/log/log-record.ts'
import { repeat } from '../platform/repeat.ts'
import { createPositionRepository } from '../coupon/ledger/positions.ts'
import { createProducer } from '../platform/kafka/producer.ts'
import { createKafka } from '../platform/kafka/client.ts'
import { createLogger } from '../platform/log/logger.ts'
import { createOwnDatabase } from '../test/harness/servers/databases.ts'
import { grantsOf, storedOf } from '../test/harness/values/grants.ts'
import { startOwnRecorder } from '../test/harness/parts/own-recorder.ts'
import { createOwnTopic } from '../test/harness/servers/topics.ts'
import { until } from '../test/harness/values/until.ts'
import { createLedgerLag } from './ledger-lag.ts'
import { createStallCheck } from './stall-check.ts'

test('a worker whose fetches bring nothing while the log has more is not ready, though it owns its partitions, until records move again', async () => {
  const [topic, ledger] = [await createOwnTopic(), await createOwnDatabase()]
  await createPositionRepository(ledger.database).read([0, 1, 2])
  const log = createLogger('test', 'silent')
  const consumed = createKafka({
    brokers: (inject('environment')['KAFKA_BROKERS'] ?? '').split(','),
    ...{ clientId: 'firstcome-test-consumed', log, requestTimeoutMs: 10_000 },
    socketFactory: ({ onConnect }) => connect(topic.proxy.port, '127.0.0.1', onConnect),
  })
  const place = { name: topic.name, kafka: consumed, offsets: topic.offsets }
  const recorder = await startOwnRecorder(place, ledger.database)
  const lag = createLedgerLag({
    ...{ topics: topic, progress: recorder.progress, log, now: Date.now },
    monotonicMs: () => performance.now(),
  })
  const movement = createStallCheck(lag, { standstillMsMax: 1_000 })
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
  await until('it is ready', movement.isReady)
  topic.proxy.hold('answers')
  await append(100, 200)
  await until('it is not ready', () => !movement.isReady())
  expect(movement.waitsFor?.()).toMatch(/^the ledger has not moved for \d+ s, and the log has more$/)
  expect(recorder.progress.isAligned()).toBe(true)

  topic.proxy.release()
  await rows(200)
  await until('it is ready', movement.isReady)
  expect(await storedOf(ledger, campaign)).toEqual(grants)
  stepping.stop()
  await Promise.all([recorder.stop(), producer.close()])
  await topic.close()
  await ledger.close()
})

test('a worker that the log does not tell its ends says so, and is ready again when it does', async () => {
  let nowMs = 1_000
  let isAway = false
  const lag = createLedgerLag({
    topics: { offsets: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve([])) },
    progress: { positions: () => new Map() },
    ...{ log: createLogger('test', 'silent'), monotonicMs: () => nowMs, now: () => nowMs },
  })
  const movement = createStallCheck(lag, { standstillMsMax: 10_000 })
  isAway = true
  nowMs += 9_999
  await lag.step()
  expect(movement.isReady()).toBe(true)
  nowMs += 1
  expect(movement.isReady()).toBe(false)
  expect(movement.waitsFor?.()).toBe('the log has not said where it ends for 10 s')
  isAway = false
  await lag.step()
  expect(movement.isReady()).toBe(true)
})

test('a ledger that is behind in every partition and moves in one is ready: they take turns', async () => {
  let nowMs = 1_000
  const positions = new Map([
    [0, 0],
    [1, 0],
  ])
  const ends = [0, 1].map((partition) => ({ partition, first: 0, end: 100 }))
  const lag = createLedgerLag({
    ...{ topics: { offsets: async () => ends }, progress: { positions: () => positions } },
    ...{ log: createLogger('test', 'silent'), monotonicMs: () => nowMs, now: () => nowMs },
  })
  const movement = createStallCheck(lag, { standstillMsMax: 10_000 })
  for (let turn = 1; turn <= 10; turn += 1) {
    await lag.step()
    nowMs += 9_000
    positions.set(1, turn)
    await lag.step()
    expect(movement.isReady()).toBe(true)
  }
  nowMs += 10_000
  await lag.step()
  expect(movement.waitsFor?.()).toBe('the ledger has not moved for 10 s, and the log has more')
  expect(movement.isReady()).toBe(false)
})
