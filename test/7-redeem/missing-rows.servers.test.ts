import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { unrecordedKey } from '../../coupon/gate/keys.ts'
import { createCouponRepository } from '../../coupon/ledger/coupons.ts'
import { createRedemptionRepository } from '../../coupon/ledger/redemptions.ts'
import { createMissingRows } from '../../coupon/redemption/missing-rows.ts'
import { type CouponRedeemer, createCouponRedeemer } from '../../coupon/redemption/redeemer.ts'
import { drained } from '../harness/shop/drained.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop({ publishDeadlineMs: 300 })
})
afterEach(() => {
  shop.recorder.release()
  shop.topic.proxy.release()
  return shop.clear()
})
afterAll(() => shop.close())

/** Its clock moves by 50 ms at each look, so it looks a given number of times. */
const openRedeemer = (
  { looks = 3, waitersMax = 100 } = {},
  beforeLook: () => unknown = () => {},
): CouponRedeemer => {
  const coupons = createCouponRepository(shop.ledger.database)
  let nowMs = 0
  return createCouponRedeemer(
    createRedemptionRepository(shop.ledger.database),
    createMissingRows({
      ...{ reader: shop.coupons, unrecorded: shop.unrecorded, waitersMax, rowWaitMs: looks * 50 },
      coupons: {
        ...coupons,
        async stored(ids) {
          nowMs += 50
          await beforeLook()
          return coupons.stored(ids)
        },
      },
      monotonicMs: () => nowMs,
    }),
  )
}
const asShopper = (couponId: string, userId: string) => ({
  ...{ couponId, orderId: randomUUID(), ownerId: userId },
  changer: { by: userId, as: 'shopper', from: '::1' } as const,
})
const asOrders = (couponId: string) => ({
  ...{ couponId, orderId: randomUUID(), ownerId: undefined },
  changer: { by: 'checkout', as: 'orders', from: '::1' } as const,
})
const winOne = async () => {
  const sale = await shop.sale({ stock: 3 })
  await shop.settle()
  shop.recorder.hold()
  const [won] = await sale.win(1)
  if (won === undefined) throw new Error('nobody won')
  return won
}

describe('a coupon that was granted and is no row yet', () => {
  test('is redeemed once its row comes in time, for its owner and for an order service', async () => {
    for (const asWhom of [asShopper, asOrders]) {
      const { couponId, userId } = await winOne()
      const redeemer = openRedeemer({ looks: 1_000 }, () => shop.recorder.release())
      expect(await redeemer.redeem(asWhom(couponId, userId))).toMatchObject({
        ...{ kind: 'redeemed', isNew: true },
      })
    }
  })

  test('is not recorded yet after the wait, nothing is redeemed, and giving it back is fine', async () => {
    const { couponId, userId } = await winOne()
    const redeemer = openRedeemer()
    for (const request of [asShopper(couponId, userId), asOrders(couponId)]) {
      expect(await redeemer.redeem(request)).toEqual({ kind: 'not-recorded-yet' })
      expect(await redeemer.giveBack(request)).toEqual({ kind: 'not-redeemed' })
    }
    shop.recorder.release()
    await drained(shop)
    expect(await redeemer.find(couponId)).toMatchObject({ redemption: undefined, changes: 0 })
  })

  test('does not make more callers wait than the bound', async () => {
    const { couponId, userId } = await winOne()
    const [looking, looked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const redeemer = openRedeemer({ looks: 1_000, waitersMax: 1 }, () => {
      looking.resolve()
      return looked.promise
    })
    const waiting = redeemer.redeem(asShopper(couponId, userId))
    await looking.promise
    expect(await redeemer.redeem(asOrders(couponId))).toEqual({ kind: 'not-recorded-yet' })
    shop.recorder.release()
    looked.resolve()
    expect(await waiting).toMatchObject({ kind: 'redeemed' })
  })

  test('is unknown to others, and is not confirmed while the log is away', async () => {
    const { couponId } = await winOne()
    expect(await openRedeemer().redeem(asShopper(couponId, randomUUID()))).toEqual({
      kind: 'unknown-coupon',
    })
    const sale = await shop.sale({ stock: 3 })
    shop.topic.proxy.hold()
    const pressed = await sale.press('pending-user')
    if (pressed.kind !== 'confirming') throw new Error(pressed.kind)
    expect(await openRedeemer().redeem(asShopper(pressed.grant.couponId, 'pending-user'))).toEqual({
      kind: 'confirming',
    })
  })
})

describe('an id without a row, of which an order service asks', () => {
  test('is unknown when every grant has a row', async () => {
    await winOne()
    shop.recorder.release()
    await drained(shop)
    await shop.settle()
    const redeemer = openRedeemer()
    expect(await redeemer.redeem(asOrders(randomUUIDv7()))).toEqual({ kind: 'unknown-coupon' })
    expect(await redeemer.giveBack(asOrders(randomUUIDv7()))).toEqual({ kind: 'unknown-coupon' })
  })

  test('is never called unknown while it may have been granted', async () => {
    await winOne()
    const redeemer = openRedeemer()
    expect(await redeemer.redeem(asOrders(randomUUIDv7()))).toEqual({ kind: 'not-recorded-yet' })
    shop.recorder.release()
    await drained(shop)
    await shop.settle()
    await shop.redis.control.command('DEL', unrecordedKey)
    expect(await redeemer.redeem(asOrders(randomUUIDv7()))).toEqual({ kind: 'not-recorded-yet' })
  })
})
