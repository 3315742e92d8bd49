import { randomUUIDv7 } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { campaignsKey, gateKey, retiredKey } from '../../coupon/gate/keys.ts'
import { idBytes } from '../../coupon/ledger/ids.ts'
import { createClockWatch } from '../../coupon/recovery/clock-watch.ts'
import { createRetirement, type RetirementOptions } from '../../coupon/recovery/retirement.ts'
import { gateLifetimeMs, openRetirements, type Retirements } from '../harness/shop/open-retirements.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { until } from '../harness/values/until.ts'

let shop: Shop
let retirements: Retirements
let parts: RetirementOptions
let closedSale: Retirements['closedSale']
let stepThrough: Retirements['stepThrough']
beforeAll(async () => {
  shop = await openShop()
  retirements = openRetirements(shop)
  ;({ parts, closedSale, stepThrough } = retirements)
})
afterEach(() => shop.clear())
afterAll(async () => {
  await retirements.close()
  await shop.close()
})

const keysOf = ({ id }: Sale) => shop.redis.control.command('KEYS', `fc:{${id}}*`)
const retiredIn = async (sale: Sale) => (await shop.parts.campaigns.read(sale.id))?.retired
const expectClosed = async (sale: Sale): Promise<void> => {
  await until('it is closed', async () => (await sale.answer()).kind === 'closed')
}

describe('a gate is retired', () => {
  test('after its lifetime, when its audit passes; then issue answers closed and the ledger the rest', async () => {
    const sale = await closedSale()
    const [{ user_id: winner } = {}] = await retirements.rowsOf(sale)
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
    const sale = await closedSale(-gateLifetimeMs)
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
    const later = Date.now() + gateLifetimeMs
    const open = JSON.stringify({ ...(JSON.parse(document ?? '') as object), closesAtMs: later })
    await command('HSET', gateKey(id), 'closesAtMs', later, 'document', open)
    await work()
    if (how === 'meanwhile')
      await command('HSET', gateKey(id), 'closesAtMs', closesAtMs ?? '', 'document', document ?? '')
  }

  test('a gate that closed a moment ago stays, and one that cannot be retired blocks no other', async () => {
    const [recent, broken, fine] = [
      await closedSale(gateLifetimeMs / 2),
      await closedSale(),
      await closedSale(),
    ]
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

  test.each([
    ['the log is read to an hour behind the close', 60_000, [true]],
    ['the log is read to its end when what came by then does not pass', 2 * gateLifetimeMs, [true, false]],
  ])('%s', async (_, closedAgoMs, isBounded) => {
    const sale = await closedSale(closedAgoMs)
    const scopes: boolean[] = []
    const audit: RetirementOptions['audit'] = {
      run(id, scope) {
        scopes.push(scope?.logUntilMs !== undefined)
        return parts.audit.run(id, scope)
      },
    }
    const retirement = createRetirement({ ...parts, audit, gateLifetimeMs: 1 })
    expect(await stepThrough(retirement)).toEqual([{ campaignId: sale.id, kind: 'retired' }])
    expect(scopes).toEqual(isBounded)
  })

  test('an audit that reads none of the log does not pass', async () => {
    const sale = await closedSale()
    const result = await parts.audit.run(sale.id, { logUntilMs: 0 })
    expect([result?.verdict, result?.books]).toMatchObject(['fail', { records: 0, rows: 3 }])
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
    const { retire } = parts.retirements
    expect(await retire({ ...campaign, epoch: 2 }, 3, 1)).toBe(false)
    expect(await retire({ ...campaign, version: 2 }, 3, 1)).toBe(false)
    expect(await retire(campaign, 3, 7)).toBe(true)
    expect(await retire(campaign, 4, 8)).toBe(false)
    expect(await retiredIn(sale)).toEqual({ atMs: 7, granted: 3 })
  })
})
