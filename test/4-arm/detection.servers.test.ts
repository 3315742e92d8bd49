import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { gateKey, winnersKey } from '../../coupon/gate/keys.ts'
import { createArming } from '../../coupon/recovery/arming.ts'
import type { Keeper } from '../../coupon/recovery/keeper.ts'
import { workerSettings } from '../../worker/settings.ts'
import { expectWhole } from '../harness/shop/expect-whole.ts'
import { openKeeper } from '../harness/shop/open-keeper.ts'
import { pausedArming } from '../harness/shop/paused-arming.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { until } from '../harness/values/until.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop({ persistence: 'aof', publishDeadlineMs: 10_000 })
})
afterEach(() => shop.clear())
afterAll(() => shop.close())

const redis = (...words: [string, ...(string | number)[]]) => shop.redis.control.command(...words)
const armedAgain = (keeper: Keeper): Promise<unknown> =>
  until('all are armed', () => keeper.beingArmed().length === 0)

describe('a lost gate is noticed', () => {
  test('by default a keeper looks every half second', () => {
    const addresses = { REDIS_URL: 'redis://a', KAFKA_BROKERS: 'a:1', DATABASE_URL: 'mysql://a/b' }
    expect(workerSettings.parse(addresses).KEEPER_INTERVAL_MS).toBe(500)
  })

  const losses: [string, (sale: Sale) => Promise<unknown>][] = [
    ['Redis was flushed', () => redis('FLUSHALL')],
    ['Redis crashed and came back with its data', () => shop.redis.restart('kill')],
    ['the gate was deleted', ({ id }) => redis('DEL', gateKey(id))],
    ['the winners were deleted', ({ id }) => redis('DEL', winnersKey(id, 1))],
    ['a winner was added by hand', ({ id }) => redis('HSET', winnersKey(id, 1), '1:guest', 'x|9|1|0')],
    ['an arming died after its stop', ({ id }) => shop.parts.armingGate.stop(id, 1, '1:a dead keeper')],
  ]
  test.each(losses)(
    'after %s the very next press is refused, and the first look of a keeper arms the gate',
    async (_, lose) => {
      const sale = await shop.sale({ stock: 4 })
      const told = await sale.win(2)
      await lose(sale)
      for (const userId of [undefined, told[0]?.userId])
        await expect(sale.press(userId)).rejects.toMatchObject({ code: 'recovering' })
      const keeper = openKeeper(shop)
      await keeper.inspectGates()
      expect(keeper.beingArmed()).toEqual([sale.id])
      await armedAgain(keeper)
      expect(await sale.epoch()).toBe(2)
      await expectWhole(shop, sale, told)
    },
  )

  test('forty campaigns lost together are all being armed after one look', async () => {
    const sales = await Promise.all(Array.from({ length: 40 }, () => shop.sale({ stock: 1 })))
    await redis('FLUSHALL')
    const keeper = openKeeper(shop)
    await keeper.inspectGates()
    expect([...keeper.beingArmed()].sort()).toEqual(sales.map(({ id }) => id).sort())
    await armedAgain(keeper)
  })

  test('a keeper in a long arming sees at its next look that another gate was lost', async () => {
    const [first, second] = [await shop.sale({ stock: 1 }), await shop.sale({ stock: 1 })]
    const slow = pausedArming(shop.parts, 'cut')
    const keeper = openKeeper(shop, { arming: slow.arming })
    await redis('DEL', gateKey(first.id))
    await keeper.inspectGates()
    expect(keeper.beingArmed()).toEqual([first.id])
    await redis('DEL', gateKey(second.id))
    await keeper.inspectGates()
    expect(keeper.beingArmed()).toEqual([first.id, second.id])
    slow.resume()
    await armedAgain(keeper)
    for (const sale of [first, second]) expect((await sale.answer()).kind).toBe('granted')
  })

  test('an arming logs why it stopped the gate, how far the ledger is behind, and what it restored', async () => {
    const sale = await shop.sale({ stock: 5 })
    shop.recorder.hold()
    await sale.win(3)
    await redis('FLUSHALL')
    const lines: Record<string, unknown>[] = []
    const log = pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line)) })
    const arming = createArming({ ...shop.parts, log }).arm([sale.id], 0)
    await until('it waits', () => lines.some(({ missing }) => Number(missing) >= 3))
    shop.recorder.release()
    await arming
    const campaignId = sale.id
    expect(lines[0]).toMatchObject({
      msg: 'arming: gate stopped',
      campaignId,
      epoch: 1,
      why: 'unarmed layout',
    })
    expect(lines[1]).toMatchObject({ msg: 'arming: waiting for the ledger to reach the log', campaigns: 1 })
    expect(lines.at(-1)).toMatchObject({
      msg: 'arming: gate armed',
      campaignId,
      epoch: 2,
      winners: 3,
      freeRanks: 0,
    })
  })
})
