import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { campaignsKey, gateKey } from '../../coupon/gate/keys.ts'
import { type CouponRepository, createCouponRepository } from '../../coupon/ledger/coupons.ts'
import { type CouponReader, createCouponReader } from '../../coupon/reading/coupon-reader.ts'
import { Failure } from '../../platform/failure.ts'
import { drained } from '../harness/shop/drained.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop({ publishDeadlineMs: 10_000 })
})
afterEach(() => {
  shop.recorder.release()
  return shop.clear()
})
afterAll(() => shop.close())

const redis = (...words: [string, ...(string | number)[]]) => shop.redis.control.command(...words)
/** What a user reads, from this ledger. */
const openCoupons = (changes: Partial<CouponRepository> = {}): CouponReader => {
  const { gate, registry } = shop
  const { campaigns, log } = shop.parts
  const coupons = { ...createCouponRepository(shop.ledger.database), ...changes }
  return createCouponReader({ gate, registry, campaigns, coupons, log })
}
const winOne = async (sale: Sale) => {
  const [won] = await sale.win(1)
  if (won === undefined) throw new Error('nobody won')
  return won
}

describe('a coupon that the ledger does not have yet', () => {
  test('is in its winner’s list, once, and the list is complete', async () => {
    const sale = await shop.sale({ stock: 3 })
    shop.recorder.hold()
    const won = await winOne(sale)
    const list = () => openCoupons().usable(won.userId, undefined, 10)
    const expected = { coupons: [{ grant: won, state: 'usable' }], more: false, complete: true }
    expect(await list()).toMatchObject(expected)
    shop.recorder.release()
    await drained(shop)
    expect(await list()).toMatchObject(expected)
  })

  const noLedger = (): Promise<never> =>
    Promise.reject(new Failure('unavailable', 'the ledger does not answer'))
  test.each<[string, Partial<CouponRepository>, (sale: Sale) => Promise<unknown>]>([
    ['the ledger cannot be read', { usable: noLedger }, async () => {}],
    ['a gate cannot be read', {}, ({ id }) => redis('DEL', gateKey(id))],
    ['the list of campaigns is lost', {}, () => redis('DEL', campaignsKey)],
  ])(
    'a list is called not complete while %s, and has what the other sources have',
    async (_, changes, spoil) => {
      const sale = await shop.sale({ stock: 3 })
      const won = await winOne(sale)
      await drained(shop)
      await spoil(sale)
      const list = await openCoupons(changes).usable(won.userId, undefined, 10)
      expect(list).toMatchObject({ coupons: [{ grant: { couponId: won.couponId } }], complete: false })
    },
  )
})
