import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import type { RedisClient } from '../../platform/redis.ts'
import { createOwnTopic, type OwnTopic } from '../../test/harness/servers/own-topic.ts'
import { type ArmedGate, armGate, openRedis } from '../../test/harness/values/armed-gate.ts'
import { grantEntry, openGrantLog } from '../../test/harness/values/grant-logs.ts'
import { until } from '../../test/harness/values/until.ts'
import type { OutboxEntry } from '../gate/outbox-entry.ts'
import type { GrantLogOptions } from './grant-log.ts'
import { decodeRecord, encodeGrant } from './log-record.ts'

let redis: RedisClient
let topic: OwnTopic
beforeAll(async () => {
  redis = await openRedis(inject('gatesRedisUrl'))
})
beforeEach(async () => {
  topic = await createOwnTopic()
  return () => topic.close()
})
afterAll(() => redis.close())

const openLog = (sale: ArmedGate, changes: Partial<GrantLogOptions> = {}) =>
  openGrantLog(sale, { producer: topic.producer, publishDeadlineMs: 20_000, ...changes })
const grantMany = async (sale: ArmedGate, counts: number[]): Promise<OutboxEntry[]> => {
  const entries: OutboxEntry[] = []
  for (const count of counts) entries.push(await grantEntry(sale, count))
  return entries
}
const waiting = async ({ keys }: ArmedGate): Promise<number> =>
  Number(await redis.command('XLEN', keys.outbox))
const couponIdsIn = (values: readonly (string | Buffer | null)[]): string[] =>
  values.flatMap((value) => {
    const record = decodeRecord(Buffer.from(value ?? ''))
    return typeof record === 'object' && record.kind === 'grant' ? [record.grant.couponId] : []
  })

describe('batches', () => {
  test('entries that arrive during produces go out together, each whole and in one partition', async () => {
    const sale = await armGate(redis, { stock: 10_000 })
    const log = openLog(sale)
    await log.append(await grantEntry(sale, 1))
    const entries = await grantMany(
      sale,
      Array.from({ length: 40 }, (_, index) => 1 + (index % 7) * 30),
    )
    topic.proxy.hold()
    const appended = entries.map((entry) => log.append(entry))
    await until('two produces are in progress', () => topic.produces.length === 3)
    topic.proxy.release()
    expect(new Set(await Promise.all(appended))).toEqual(new Set(['confirmed']))
    expect(await waiting(sale)).toBe(0)

    const produces = topic.produces.map(({ values }) => values)
    expect(topic.produces.length).toBeLessThanOrEqual(1 + Math.ceil(40 / 12) + 2)
    for (const { grants } of entries) {
      const values = grants.map(encodeGrant)
      const holders = produces.filter((produce) => produce.includes(values[0] ?? ''))
      expect(holders).toHaveLength(1)
      const at = holders[0]?.indexOf(values[0] ?? '') ?? -1
      expect(holders[0]?.slice(at, at + values.length)).toEqual(values)
    }
    // Each produce is in its partition, complete and in order.
    const records = await topic.records()
    for (const partition of [0, 1, 2]) {
      const expected = topic.produces
        .filter((produce) => produce.partition === partition)
        .map(({ values }) => values)
      const found = records
        .filter((record) => record.partition === partition)
        .map(({ value }) => String(value))
      expect([...found].sort()).toEqual(expected.flat().sort())
      for (const values of expected) {
        const at = found.indexOf(values[0] ?? '')
        expect(found.slice(at, at + values.length)).toEqual(values)
      }
    }
    expect(new Set(topic.produces.map(({ partition }) => partition))).toEqual(new Set([0, 1, 2]))
  })

  test('entries of several campaigns share one produce and are confirmed at their own gates', async () => {
    const [first, second, third] = [
      await armGate(redis),
      await armGate(redis, { epoch: 5 }),
      await armGate(redis),
    ]
    const log = openLog(first, { publishInFlightMax: 1 })
    await log.append(await grantEntry(first, 1))
    topic.proxy.hold()
    const early = log.append(await grantEntry(first, 1))
    await until('it is in progress', () => topic.produces.length === 2)
    const late = [await grantEntry(second, 2), await grantEntry(third, 2), await grantEntry(first, 2)]
    const appended = late.map((entry) => log.append(entry))
    topic.proxy.release()
    expect(await Promise.all([early, ...appended])).toEqual(Array(4).fill('confirmed'))
    expect(topic.produces).toHaveLength(3)
    for (const sale of [first, second, third]) expect(await waiting(sale)).toBe(0)
  })
})

describe('the circuit breaker', () => {
  test('after three failed produces grants are pending at once, until a probe succeeds', async () => {
    const sale = await armGate(redis, { stock: 100 })
    let nowMs = 1_000_000
    const log = openLog(sale, { monotonicMs: () => nowMs })
    topic.proxy.cut()
    for (let failure = 1; failure <= 3; failure += 1) {
      expect(await log.append(await grantEntry(sale, 1))).toBe('pending')
      expect(topic.produces).toHaveLength(failure)
    }
    for (const entry of await grantMany(sale, [1, 1, 1])) expect(await log.append(entry)).toBe('pending')
    expect(topic.produces).toHaveLength(3)

    nowMs += 1_000
    for (const entry of await grantMany(sale, [1, 1, 1])) expect(await log.append(entry)).toBe('pending')
    await log.drained(20_000)
    expect(topic.produces).toHaveLength(4)
    expect(await waiting(sale)).toBe(9)

    topic.proxy.restore()
    nowMs += 1_000
    expect(await log.append(await grantEntry(sale, 1))).toBe('pending')
    await log.drained(20_000)
    expect(topic.produces).toHaveLength(5)
    expect(await waiting(sale)).toBe(9)
    expect(await log.append(await grantEntry(sale, 1))).toBe('confirmed')
  })

  test('an unanswered produce counts as another failure each time the deadline passes', async () => {
    const sale = await armGate(redis, { stock: 100 })
    const log = openLog(sale, { publishDeadlineMs: 50, publishInFlightMax: 1 })
    await openLog(sale).append(await grantEntry(sale, 1))
    topic.proxy.hold()
    expect(await log.append(await grantEntry(sale, 1))).toBe('pending')
    await until('an entry is pending within the same event-loop turn', async () => {
      const turn = new Promise<string>((resolve) => setImmediate(resolve, 'it waits'))
      return (await Promise.race([log.append(await grantEntry(sale, 1)), turn])) === 'pending'
    })
    topic.proxy.release()
  })
})

test('an entry whose deadline passed in the queue is not produced: the relay has it', async () => {
  const sale = await armGate(redis, { stock: 100 })
  let nowMs = 1_000_000
  const log = openLog(sale, { publishInFlightMax: 1, publishDeadlineMs: 60_000, monotonicMs: () => nowMs })
  await log.append(await grantEntry(sale, 1))
  topic.proxy.hold()
  const one = log.append(await grantEntry(sale, 1))
  await until('it is in progress', () => topic.produces.length === 2)
  const late = log.append(await grantEntry(sale, 2))
  nowMs += 60_001
  topic.proxy.release()
  expect([await one, await late]).toEqual(['confirmed', 'pending'])
  expect(topic.produces).toHaveLength(2)
  expect(await waiting(sale)).toBe(1)
})

test('while connections break, every grant is in the log or in the outbox', async () => {
  const sale = await armGate(redis, { stock: 10_000 })
  const log = openLog(sale, { publishInFlightMax: 4 })
  await log.append(await grantEntry(sale, 1))
  const outcomes = new Map<OutboxEntry, string>()
  for (let round = 0; round < 6; round += 1) {
    const entries = await grantMany(
      sale,
      Array.from({ length: 15 }, () => 5),
    )
    const appended = entries.map(async (entry) => outcomes.set(entry, await log.append(entry)))
    await until('a produce is in progress', () => topic.produces.length > 0)
    topic.proxy.cut()
    topic.proxy.restore()
    await Promise.all(appended)
  }
  await log.drained(20_000)
  const inLog = new Set(couponIdsIn((await topic.records()).map(({ value }) => value)))
  const waitingIds = new Set(
    ((await redis.command('XRANGE', sale.keys.outbox, '-', '+')) as [string][]).map(([id]) => id),
  )
  for (const [{ epoch, number, grants }, outcome] of outcomes) {
    const isWaiting = waitingIds.has(`${epoch}-${number}`)
    if (outcome === 'confirmed') expect(isWaiting).toBe(false)
    if (!isWaiting) for (const { couponId } of grants) expect(inLog).toContain(couponId)
  }
  expect(await sale.fields()).toMatchObject({ granted: '451', grantsPending: String(waitingIds.size * 5) })
})
