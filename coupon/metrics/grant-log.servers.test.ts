import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { measureProducer } from '../../platform/kafka/producer-metrics.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { createMetrics } from '../../platform/metrics/metrics.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { type Scrape, toScrape } from '../../test/harness/metrics/metric-text.ts'
import { createOwnTopic, type OwnTopic } from '../../test/harness/servers/own-topic.ts'
import { type ArmedGate, armGate, grantRequests, openRedis } from '../../test/harness/values/armed-gate.ts'
import { until } from '../../test/harness/values/until.ts'
import { createKeeperGate } from '../gate/keeper-gate.ts'
import type { OutboxEntry } from '../gate/outbox-entry.ts'
import { createGrantLog } from '../log/grant-log.ts'
import { grantsTopic } from '../log/topics.ts'
import { measureGate } from './gate.ts'
import { measureGrantLog } from './grant-log.ts'

let redis: RedisClient
let topic: OwnTopic
beforeAll(async () => {
  redis = await openRedis(inject('gatesRedisUrl'))
  topic = await createOwnTopic()
})
afterAll(async () => {
  await topic.close()
  redis.close()
})

const monotonicMs = (): number => performance.now()

/** Everything between a gate and the log, measured as in an API process. */
const openMeasured = (armed: ArmedGate) => {
  const metrics = createMetrics()
  const gate = measureGate(armed.gate, metrics, monotonicMs)
  const grantLog = createGrantLog({
    gate,
    log: createLogger('test', 'silent'),
    partitions: async () => 3,
    producer: measureProducer(topic.producer, metrics, monotonicMs),
    publishDeadlineMs: 5_000,
    publishInFlightMax: 2,
    monotonicMs,
  })
  const decide = async (count: number): Promise<OutboxEntry> => {
    const decided = await gate.decide(armed.id, armed.epoch, grantRequests(count))
    if (decided.kind !== 'decided' || decided.entry === undefined) throw new Error(JSON.stringify(decided))
    return decided.entry
  }
  return {
    gate,
    decide,
    grantLog: measureGrantLog(grantLog, metrics),
    read: async (): Promise<Scrape> => toScrape(await metrics.read()),
  }
}

test('counts confirmed entries, with their gate calls and produce requests', async () => {
  const { decide, grantLog, read } = openMeasured(await armGate(redis))
  const entries = [await decide(3), await decide(2)]
  expect(await Promise.all(entries.map((entry) => grantLog.append(entry)))).toEqual([
    'confirmed',
    'confirmed',
  ])
  const seen = await read()
  expect(seen.by('firstcome_appended_entries_total', 'outcome')).toEqual({ confirmed: 2, pending: 0 })
  expect(seen.value('firstcome_gate_batch_size_sum')).toBe(5)
  const calls = seen.by('firstcome_gate_call_duration_seconds_count', 'call')
  expect(calls).toMatchObject({ decide: 2, look: 0, view: 0 })
  expect(seen.value('firstcome_gate_call_duration_seconds_sum', { call: 'decide' })).toBeGreaterThan(0)
  const ofTopic = { topic: grantsTopic }
  expect(seen.value('firstcome_produce_batch_size_sum', ofTopic)).toBe(5)
  expect(seen.value('firstcome_produce_duration_seconds_count', ofTopic)).toBe(calls['confirm'])
  expect(seen.value('firstcome_produce_failures_total', ofTopic)).toBe(0)
})

test('counts failed produce requests and shows the open circuit breaker until a probe succeeds', async () => {
  const { decide, grantLog, read } = openMeasured(await armGate(redis, { stock: 100 }))
  topic.proxy.cut()
  for (let produce = 1; produce <= 3; produce += 1) {
    expect((await read()).value('firstcome_publisher_open')).toBe(0)
    expect(await grantLog.append(await decide(1))).toBe('pending')
  }
  const open = await read()
  expect(open.value('firstcome_publisher_open')).toBe(1)
  expect(open.value('firstcome_produce_failures_total', { topic: grantsTopic })).toBe(3)
  expect(open.by('firstcome_appended_entries_total', 'outcome')).toEqual({ confirmed: 0, pending: 3 })
  topic.proxy.restore()
  await until('a probe succeeded', async () => {
    await grantLog.append(await decide(1))
    return (await read()).value('firstcome_publisher_open') === 0
  })
})

test('shows an entry that waits for the log in the queue', async () => {
  const { decide, grantLog, read } = openMeasured(await armGate(redis))
  const entry = await decide(1)
  topic.proxy.hold()
  const appended = grantLog.append(entry)
  expect((await read()).value('firstcome_publish_queue_size')).toBe(1)
  topic.proxy.release()
  expect(await appended).toBe('confirmed')
  expect((await read()).value('firstcome_publish_queue_size')).toBe(0)
})

test('counts a gate that is not in order or does not answer, by call and reason', async () => {
  const armed = await armGate(redis)
  const { gate, decide, read } = openMeasured(armed)
  const entry = await decide(1)
  await gate.decide(armed.id, armed.epoch + 1, grantRequests(1))
  await armed.set({ fence: 'another' })
  await gate.decide(armed.id, armed.epoch, grantRequests(1))
  await gate.confirm(armed.id, armed.epoch, [entry])
  expect((await gate.view(armed.id, armed.epoch)).armed).toBe(false)
  const silences = (await read()).families.get('firstcome_gate_silences_total')?.samples ?? []
  const counted = silences.filter(({ value }) => value > 0)
  expect(counted.map(({ labels, value }) => `${labels['call']} ${labels['reason']} ${value}`)).toEqual([
    'decide recovering 1',
    'decide epoch 1',
    'confirm recovering 1',
    'view recovering 1',
  ])
})

test('a gate returns the age of its oldest outbox entry, and 0 once all are confirmed', async () => {
  const armed = await armGate(redis)
  const { gate, decide } = openMeasured(armed)
  const ageMs = async (overdueMs: number): Promise<number> => {
    const inspected = await createKeeperGate(redis).inspect(armed.id, armed.epoch, overdueMs, 100)
    if (inspected.kind !== 'in-order') throw new Error(inspected.kind)
    return inspected.oldestAgeMs
  }
  expect(await ageMs(0)).toBe(0)
  const old = await decide(1)
  await until('it has an age', async () => (await ageMs(3_600_000)) >= 50)
  const young = await decide(1)
  expect(await ageMs(0)).toBeGreaterThanOrEqual(50)
  expect(await ageMs(3_600_000)).toBeGreaterThanOrEqual(50)
  await gate.confirm(armed.id, armed.epoch, [old, young])
  expect(await ageMs(0)).toBe(0)
})
