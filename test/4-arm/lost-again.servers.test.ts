import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { gateKey } from '../../coupon/gate/keys.ts'
import { idBytes } from '../../coupon/ledger/ids.ts'
import { createRebuildReader } from '../../coupon/ledger/rebuild-reader.ts'
import { createArming } from '../../coupon/recovery/arming.ts'
import { createRebuilder } from '../../coupon/recovery/rebuilder.ts'
import { expectWhole } from '../harness/shop/expect-whole.ts'
import { pausedBefore } from '../harness/shop/paused-before.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { storedOf } from '../harness/values/grants.ts'
import { until } from '../harness/values/until.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterEach(() => shop.clear())
afterAll(() => shop.close())

const flush = (): Promise<unknown> => shop.redis.control.command('FLUSHALL')
const topUp = ({ id }: Sale, units: number): Promise<number> =>
  shop.ledger.change(
    `UPDATE campaigns SET stock = stock + ?, highest_stock = highest_stock + ?, version = version + 1
     WHERE campaign_id = ?`,
    [units, units, idBytes(id)],
  )
const gateOf = async ({ id }: Sale, field: string): Promise<unknown> =>
  shop.redis.control.command('HGET', gateKey(id), field)

describe('Redis is lost again and again', () => {
  test('lost amid a rebuild: it starts over, and the third try is as good as the first', async () => {
    const sale = await shop.sale({ stock: 12 })
    const told = await sale.win(5)
    for (const lose of [flush, () => shop.redis.restart('kill')]) {
      await flush()
      const paused = pausedBefore(shop.parts.armingGate, 'fill')
      const rebuilder = createRebuilder(paused.part, createRebuildReader(shop.ledger.database))
      const late = createArming({ ...shop.parts, rebuilder }).arm([sale.id], 0)
      await paused.reached(late)
      await lose()
      paused.resume()
      expect((await late).get(sale.id)).toMatchObject({ kind: 'lost' })
      expect(await gateOf(sale, 'state')).not.toBe('open')
    }
    shop.keep()
    await expectWhole(shop, sale, told)
    expect(shop.recorder.letters).toEqual([])
  })

  test('three losses with coupons sold between them: no win is lost, each epoch sells what is left', async () => {
    const sale = await shop.sale({ stock: 20 })
    shop.keep()
    const told = await sale.win(4)
    for (const lose of [flush, () => shop.redis.restart('kill'), flush]) {
      await lose()
      told.push(...(await sale.win(3)))
    }
    const rows = await expectWhole(shop, sale, told)
    expect(new Set(rows.map(({ epoch }) => epoch)).size).toBe(4)
    expect(shop.recorder.letters).toEqual([])
  })

  test('three losses in a row, each before the gate is back', async () => {
    const sale = await shop.sale({ stock: 12 })
    const told = await sale.win(4)
    shop.keep()
    for (let losses = 0; losses < 3; losses += 1) {
      await flush()
      await until('a keeper began', async () => (await gateOf(sale, 'state')) !== null)
    }
    await expectWhole(shop, sale, told)
    expect(shop.recorder.letters).toEqual([])
  })
})

describe('stock that was raised meanwhile', () => {
  test('raised in the ledger while Redis was lost, it is there when the gate comes back', async () => {
    const sale = await shop.sale({ stock: 6 })
    const told = await sale.win(6)
    expect(await sale.answer()).toEqual({ kind: 'sold-out' })
    await topUp(sale, 5)
    await flush()
    shop.keep()
    await expectWhole(shop, sale, told, 11)
    expect([await gateOf(sale, 'stock'), await gateOf(sale, 'version')]).toEqual(['11', '2'])
    expect(shop.recorder.letters).toEqual([])
  })

  test('raised between rebuild and flip, it is there too: the highest version wins', async () => {
    const sale = await shop.sale({ stock: 6 })
    const told = await sale.win(2)
    await flush()
    const paused = pausedBefore(shop.parts.campaigns, 'read')
    const late = createArming({ ...shop.parts, campaigns: paused.part }).arm([sale.id], 0)
    await paused.reached(late)
    await topUp(sale, 3)
    paused.resume()
    expect((await late).get(sale.id)).toMatchObject({ kind: 'armed', epoch: 2 })
    expect(await gateOf(sale, 'stock')).toBe('9')
    shop.keep()
    await expectWhole(shop, sale, told, 9)
  })
})

describe('Redis is lost again and again', () => {
  test('forty campaigns lost together come back together, with one wait for the log', async () => {
    const sales = await Promise.all(Array.from({ length: 40 }, () => shop.sale({ stock: 2 })))
    const told = await Promise.all(sales.map((sale) => sale.win(1)))
    await until('they are rows', async () => {
      const stored = await Promise.all(sales.map((sale) => storedOf(shop.ledger, sale)))
      return stored.every(({ length }) => length === 1)
    })
    const endsOf = async () => (await shop.topic.offsets()).reduce((sum, { end }) => sum + end, 0)
    const before = await endsOf()
    await flush()
    shop.keep()
    const again = await Promise.all(
      told.map(([first], at) => sales[at]?.answer(first?.userId) ?? Promise.reject(new Error('no sale'))),
    )
    expect(again).toMatchObject(
      told.map(([first]) => ({ kind: 'already', grant: { couponId: first?.couponId } })),
    )
    // One marker a partition for all of them, or for a few groups of them.
    expect((await endsOf()) - before).toBeLessThanOrEqual(12)
  })
})
