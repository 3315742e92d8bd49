import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import type { RedisClient } from '../../platform/redis.ts'
import { createOwnTopic, type OwnTopic } from '../../test/harness/servers/own-topic.ts'
import { type ArmedGate, armGate, openRedis } from '../../test/harness/values/armed-gate.ts'
import { grantEntry, openGrantLog } from '../../test/harness/values/grant-logs.ts'
import { until } from '../../test/harness/values/until.ts'
import type { OutboxEntry } from '../gate/outbox-entry.ts'
import { stopScript } from '../gate/scripts.ts'
import type { GrantLogOptions } from './grant-log.ts'
import { decodeRecord } from './log-record.ts'

let redis: RedisClient
let topic: OwnTopic
beforeAll(async () => {
  redis = await openRedis(inject('gatesRedisUrl'))
  topic = await createOwnTopic()
})
afterEach(() => {
  topic.proxy.restore()
  topic.proxy.release()
})
afterAll(async () => {
  await topic.close()
  redis.close()
})

const openLog = (sale: ArmedGate, changes: Partial<GrantLogOptions> = {}) =>
  openGrantLog(sale, { producer: topic.producer, publishDeadlineMs: 10_000, ...changes })
const waiting = async ({ keys }: ArmedGate): Promise<number> =>
  Number(await redis.command('XLEN', keys.outbox))
/** Coupon ids of this campaign in the log, in order. */
const logged = async ({ id }: ArmedGate): Promise<string[]> =>
  (await topic.records()).flatMap(({ value }) => {
    const record = decodeRecord(value)
    return typeof record === 'object' && record.kind === 'grant' && record.grant.campaignId === id
      ? [record.grant.couponId]
      : []
  })
const idsOf = (...entries: OutboxEntry[]): string[] =>
  entries.flatMap(({ grants }) => grants.map(({ couponId }) => couponId))

test('an acknowledged entry is confirmed: it is in the log and no longer in the outbox', async () => {
  const sale = await armGate(redis)
  const entry = await grantEntry(sale, 3)
  expect(await openLog(sale).append(entry)).toBe('confirmed')
  expect(await waiting(sale)).toBe(0)
  expect(await logged(sale)).toEqual(idsOf(entry))
})

describe('pending', () => {
  test.each([
    ['that never reached the log', 'all'],
    ['that is in the log', 'answers'],
  ] as const)(
    'a produce %s is pending at the deadline, and a late acknowledgement still confirms',
    async (_, held) => {
      const sale = await armGate(redis)
      const log = openLog(sale, { publishDeadlineMs: 100 })
      await openLog(sale).append(await grantEntry(sale, 1))
      const entry = await grantEntry(sale, 2)
      const before = await sale.content()
      topic.proxy.hold(held)
      expect(await log.append(entry)).toBe('pending')
      expect(await sale.content()).toEqual(before)
      expect((await sale.gate.look(sale.id, 1, entry.grants)).kind === 'looked').toBe(true)
      topic.proxy.release()
      await until(
        'the late acknowledgement took it out of the outbox',
        async () => (await waiting(sale)) === 0,
      )
      expect(await sale.fields()).toMatchObject({ granted: '3', grantsPending: '0' })
      expect(await logged(sale)).toEqual(expect.arrayContaining(idsOf(entry)))
    },
  )

  test('an entry whose produce is refused stays in the outbox', async () => {
    const sale = await armGate(redis)
    const wary = await createOwnTopic({ settings: { 'max.message.bytes': '50' } })
    const entry = await grantEntry(sale, 2)
    const before = await sale.content()
    await expect(wary.producer.append('', 0, [{ value: 'x' }])).rejects.toThrow(
      /larger than the max message size/,
    )
    expect(await openLog(sale, { producer: wary.producer }).append(entry)).toBe('pending')
    expect(await sale.content()).toEqual(before)
    expect((await wary.offsets()).map(({ end }) => end)).toEqual([0, 0, 0])
    await wary.close()
  })

  test('a gate that was stopped between append and confirm makes it pending', async () => {
    const sale = await armGate(redis)
    await openLog(sale).append(await grantEntry(sale, 1))
    const entry = await grantEntry(sale, 2)
    const ended = (await topic.offsets()).reduce((sum, { end }) => sum + end, 0)
    topic.proxy.hold('answers')
    const appended = openLog(sale).append(entry)
    await until(
      'it is in the log',
      async () => (await topic.offsets()).reduce((sum, { end }) => sum + end, 0) > ended,
    )
    await redis.run(stopScript, [sale.keys.gate], [1, `1:${randomUUID()}`])
    topic.proxy.release()
    expect(await appended).toBe('pending')
    expect(await waiting(sale)).toBe(1)
    expect(await logged(sale)).toEqual(expect.arrayContaining(idsOf(entry)))
  })

  test('a gate of another epoch, and one that does not answer, make it pending', async () => {
    const sale = await armGate(redis)
    const entry = await grantEntry(sale, 1)
    await sale.set({ epoch: 2 })
    expect(await openLog(sale).append(entry)).toBe('pending')
    const closed = await openRedis(inject('gatesRedisUrl'))
    const other = await armGate(closed)
    const cut = await grantEntry(other, 1)
    closed.close()
    expect(await openLog(other).append(cut)).toBe('pending')
    expect([await waiting(sale), await waiting(other)]).toEqual([1, 1])
  })

  test('while the partitions are unknown, entries stay in the outbox', async () => {
    const sale = await armGate(redis)
    let known = false
    const partitions = () => (known ? Promise.resolve(3) : Promise.reject(new Error('no Kafka')))
    const log = openLog(sale, { partitions })
    expect(await log.append(await grantEntry(sale, 1))).toBe('pending')
    known = true
    expect(await log.append(await grantEntry(sale, 1))).toBe('confirmed')
    expect(await waiting(sale)).toBe(1)
  })
})

test('drained waits for appends in progress, for at most its timeout', async () => {
  const sale = await armGate(redis)
  const log = openLog(sale, { publishDeadlineMs: 50 })
  await openLog(sale).append(await grantEntry(sale, 1))
  topic.proxy.hold()
  expect(await log.append(await grantEntry(sale, 1))).toBe('pending')
  await log.drained(50)
  expect(await waiting(sale)).toBe(1)
  topic.proxy.release()
  await log.drained(30_000)
  expect(await waiting(sale)).toBe(0)
})
