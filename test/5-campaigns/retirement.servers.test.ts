import { randomUUIDv7 } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createAudit } from '../../coupon/audit/audit.ts'
import { createGateSurveyor } from '../../coupon/gate/gate-surveyor.ts'
import { campaignsKey, gateKey, retiredKey } from '../../coupon/gate/keys.ts'
import { idBytes } from '../../coupon/ledger/ids.ts'
import { createRetirementRepository } from '../../coupon/ledger/retirements.ts'
import { createGrantLogReader } from '../../coupon/log/grant-log-reader.ts'
import { createClockWatch } from '../../coupon/recovery/clock-watch.ts'
import {
  createRetirement,
  type Retirement,
  type RetirementOptions,
} from '../../coupon/recovery/retirement.ts'
import { readServerClocks } from '../../coupon/recovery/server-clocks.ts'
import { createTopicAdmin, type TopicAdmin } from '../../platform/kafka/topic-admin.ts'
import { createTopicReader, type TopicReader } from '../../platform/kafka/topic-reader.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { infoOf } from '../harness/servers/own-redis.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { until } from '../harness/values/until.ts'

const lifetimeMs = 3_600_000
let shop: Shop
let topics: TopicAdmin
let reader: TopicReader
let parts: RetirementOptions
let retirement: Retirement
beforeAll(async () => {
  shop = await openShop()
  ;[topics, reader] = [createTopicAdmin(shop.topic.kafka), createTopicReader(shop.topic.kafka)]
  const { database } = shop.ledger
  parts = {
    redis: shop.redis.redis,
    gate: shop.gate,
    keeperGate: shop.parts.gate,
    database,
    campaigns: shop.parts.campaigns,
    retirements: createRetirementRepository(database),
    audit: createAudit({
      database,
      gate: createGateSurveyor(shop.redis.redis),
      log: createGrantLogReader({ topics, reader, topic: shop.topic.name }),
      ...{ stuckMs: 30_000, watchMs: 100, monotonicMs: () => performance.now() },
    }),
    log: createLogger('test', 'silent'),
    gateLifetimeMs: lifetimeMs,
    clocks: createClockWatch({
      readClocks: () => readServerClocks(shop.redis.redis, database),
      monotonicMs: () => performance.now(),
      steadyMs: 0,
    }),
    now: Date.now,
    backoffMs: 0,
    monotonicMs: () => performance.now(),
  }
  retirement = createRetirement(parts)
})
afterEach(() => shop.clear())
afterAll(async () => {
  await Promise.all([topics.close(), reader.close()])
  await shop.close()
})

/** A campaign that sold some of its coupons and, by every source, closed `agoMs` ago. */
const closedSale = async (agoMs = 2 * lifetimeMs): Promise<Sale> => {
  const sale = await shop.sale({ stock: 5 })
  await sale.win(3)
  await until('the ledger has them', async () => (await rowsOf(sale)).length === 3)
  const closesAtMs = Date.now() - agoMs
  await shop.ledger.change('UPDATE campaigns SET closes_at_ms = ? WHERE campaign_id = ?', [
    closesAtMs,
    idBytes(sale.id),
  ])
  const key = gateKey(sale.id)
  const document = JSON.parse(String(await shop.redis.control.command('HGET', key, 'document'))) as object
  const closed = JSON.stringify({ ...document, closesAtMs })
  await shop.redis.control.command('HSET', key, 'closesAtMs', closesAtMs, 'document', closed)
  return sale
}
const rowsOf = ({ id }: Sale) =>
  shop.ledger.rows('SELECT user_id FROM coupons WHERE campaign_id = ? ORDER BY `rank`', [idBytes(id)])
const keysOf = ({ id }: Sale) => shop.redis.control.command('KEYS', `fc:{${id}}*`)
const retiredIn = async (sale: Sale) => (await shop.parts.campaigns.read(sale.id))?.retired
/** Steps until every due campaign had its turn. */
const stepThrough = async (steps = retirement) => {
  const outcomes = []
  for (let outcome = await steps.step(); outcome !== undefined; outcome = await steps.step())
    outcomes.push(outcome)
  return outcomes
}
const expectClosed = async (sale: Sale): Promise<void> => {
  await until('it is closed', async () => (await sale.answer()).kind === 'closed')
}

describe('a gate is retired', () => {
  test('after its lifetime, when its audit passes; then issue answers closed and the ledger the rest', async () => {
    const sale = await closedSale()
    const [{ user_id: winner } = {}] = await rowsOf(sale)
    expect(await stepThrough()).toEqual([{ campaignId: sale.id, kind: 'retired' }])
    expect(await keysOf(sale)).toEqual([])
    expect(await retiredIn(sale)).toMatchObject({ granted: 3 })
    await expectClosed(sale)
    expect((await sale.answer(String(winner))).kind).toBe('closed')
    expect(await sale.outcome(String(winner))).toMatchObject({
      kind: 'granted',
      coupons: [{ grant: { rank: 1 } }],
    })
    expect(await sale.outcome('a stranger')).toEqual({ kind: 'none' })
    expect(await keysOf(sale)).toEqual([])
  })

  test('not by a clock that jumped: Redis three days ahead retires no live campaign', async () => {
    const sale = await closedSale(-lifetimeMs)
    const ahead = createRetirement({
      ...parts,
      gate: {
        ...shop.gate,
        view: async (id) => ({ ...(await shop.gate.view(id)), nowMs: Date.now() + 3 * 86_400_000 }),
      },
      clocks: createClockWatch({
        readClocks: async () => ({ gateMs: Date.now() + 3 * 86_400_000, databaseMs: Date.now() }),
        monotonicMs: () => performance.now(),
        steadyMs: 0,
      }),
      now: () => Date.now() + 3 * 86_400_000,
    })
    expect(await stepThrough(ahead)).toEqual([])
    expect(await retiredIn(sale)).toBeUndefined()
  })

  test('no keeper arms a retired campaign, and after a loss of Redis it is still closed', async () => {
    const sale = await closedSale()
    await stepThrough()
    expect((await shop.arming.arm([sale.id], 0)).get(sale.id)).toEqual({ kind: 'retired' })
    await shop.redis.control.command('FLUSHALL')
    shop.keep()
    await until('the list is back', async () => (await shop.registry.find(sale.id)).kind === 'retired')
    expect((await sale.answer()).kind).toBe('closed')
    expect(await shop.registry.find(randomUUIDv7())).toEqual({ kind: 'unknown' })
    expect(await keysOf(sale)).toEqual([])
    expect(await sale.epoch()).toBe(1)
  })

  test.each([
    [
      'a row is missing',
      'row-missing',
      (sale: Sale) =>
        shop.ledger.change('DELETE FROM coupons WHERE `rank` = 2 AND campaign_id = ?', [idBytes(sale.id)]),
    ],
    ['a grant waits in the outbox', 'in-flight', (sale: Sale) => reopened(sale, () => sale.decideAlone(1))],
    [
      'its gate is lost',
      'its gate is not closed',
      (sale: Sale) => shop.redis.control.command('DEL', gateKey(sale.id)),
    ],
    [
      'its gate closes later than the ledger says',
      'its gate is not closed',
      (sale: Sale) => reopened(sale, async () => undefined, 'for good'),
    ],
  ])('a gate stays when %s', async (_, why, spoil) => {
    const sale = await closedSale()
    await spoil(sale)
    expect(await stepThrough()).toEqual([
      { campaignId: sale.id, kind: 'kept', why: expect.stringContaining(why) as string },
    ])
    expect(await retiredIn(sale)).toBeUndefined()
  })
  /** Lets the gate be open by its own terms while `work` runs. */
  const reopened = async (
    { id }: Sale,
    work: () => Promise<unknown>,
    how: 'meanwhile' | 'for good' = 'meanwhile',
  ) => {
    const command = shop.redis.control.command
    const [closesAtMs, document] = (await command('HMGET', gateKey(id), 'closesAtMs', 'document')) as string[]
    const later = Date.now() + lifetimeMs
    const open = JSON.stringify({ ...(JSON.parse(document ?? '') as object), closesAtMs: later })
    await command('HSET', gateKey(id), 'closesAtMs', later, 'document', open)
    await work()
    if (how === 'meanwhile')
      await command('HSET', gateKey(id), 'closesAtMs', closesAtMs ?? '', 'document', document ?? '')
  }

  test('a gate that closed a moment ago stays, and one that cannot be retired blocks no other', async () => {
    const [recent, broken, fine] = [await closedSale(lifetimeMs / 2), await closedSale(), await closedSale()]
    await shop.ledger.change('DELETE FROM coupons WHERE `rank` = 2 AND campaign_id = ?', [idBytes(broken.id)])
    expect((await stepThrough()).map(({ campaignId, kind }) => [campaignId, kind])).toEqual([
      [broken.id, 'kept'],
      [fine.id, 'retired'],
    ])
    expect(await keysOf(recent)).not.toEqual([])
  })

  test('keys left by a worker that died, or brought back by an old copy of Redis, are removed', async () => {
    const sale = await closedSale()
    const dead = createRetirement({
      ...parts,
      keeperGate: { ...parts.keeperGate, retire: () => Promise.reject(new Error('died')) },
    })
    await expect(dead.step()).resolves.toBeUndefined()
    expect(await retiredIn(sale)).toMatchObject({ granted: 3 })
    expect(await keysOf(sale)).not.toEqual([])
    await stepThrough()
    expect(await keysOf(sale)).toEqual([])

    await shop.redis.control.command('HSET', campaignsKey, sale.id, 1)
    await shop.redis.control.command('HSET', gateKey(sale.id), 'epoch', 1, 'state', 'open')
    await shop.redis.control.command('DEL', retiredKey)
    await stepThrough()
    expect([await keysOf(sale), await shop.redis.control.command('HGET', campaignsKey, sale.id)]).toEqual([
      [],
      null,
    ])
    await expectClosed(sale)
  })

  test('a gate that was opened after its audit stays, and its campaign is live again', async () => {
    const sale = await closedSale()
    const audit: RetirementOptions['audit'] = {
      async run(...args) {
        const result = await parts.audit.run(...args)
        await reopened(sale, async () => undefined, 'for good')
        return result
      },
    }
    expect(await stepThrough(createRetirement({ ...parts, audit }))).toEqual([
      { campaignId: sale.id, kind: 'kept', why: expect.stringContaining('OPEN') as string },
    ])
    expect(await retiredIn(sale)).toBeUndefined()
    expect(await keysOf(sale)).not.toEqual([])
  })

  test('a campaign that was armed, changed or retired since the audit began is not retired by it', async () => {
    const sale = await closedSale()
    const campaign = await shop.parts.campaigns.read(sale.id)
    if (campaign === undefined) throw new Error('the ledger has no such campaign')
    const { retirements } = parts
    expect(await retirements.retire({ ...campaign, epoch: 2 }, 3, 1)).toBe(false)
    expect(await retirements.retire({ ...campaign, version: 2 }, 3, 1)).toBe(false)
    expect(await retirements.retire(campaign, 3, 7)).toBe(true)
    expect(await retirements.retire(campaign, 4, 8)).toBe(false)
    expect(await retiredIn(sale)).toEqual({ atMs: 7, granted: 3 })
  })
})

describe('a full Redis', () => {
  test('answers winners, retires a closed campaign, and sells again with the memory that this frees', async () => {
    const over = await closedSale()
    // As large as a million winners would make it.
    const ballast = 'x'.repeat(20_000_000)
    await shop.redis.control.command('HSET', gateKey(over.id), 'ballast', ballast)
    const live = await shop.sale({ stock: 5 })
    const [winner] = await live.win(1)
    const used = Number(await infoOf(shop.redis, 'used_memory'))
    await shop.redis.control.command('CONFIG', 'SET', 'maxmemory', used - 5_000_000)
    await expect(live.press()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Redis is full'),
    })
    expect(await live.press(winner?.userId)).toMatchObject({ kind: 'already', grant: winner })
    expect(await live.outcome(winner?.userId ?? '')).toMatchObject({ kind: 'granted' })
    expect(await stepThrough()).toEqual([{ campaignId: over.id, kind: 'retired' }])
    expect((await live.answer()).kind).toBe('granted')
    await shop.redis.control.command('CONFIG', 'SET', 'maxmemory', 0)
  })
})
