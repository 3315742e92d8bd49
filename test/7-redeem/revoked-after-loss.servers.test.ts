import { afterEach, expect, test } from 'vitest'
import { createRedemptionRepository } from '../../coupon/ledger/redemptions.ts'
import { drained } from '../harness/shop/drained.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { until } from '../harness/values/until.ts'

let shop: Shop | undefined
afterEach(() => shop?.close())

test('a revoked coupon is not won again after its gate is lost, and its unit is not sold again', async () => {
  shop = await openShop()
  const sale = await shop.sale({ stock: 3 })
  const [revoked, redeemed] = await sale.win(2)
  if (revoked === undefined || redeemed === undefined) throw new Error('nobody won')
  await drained(shop)
  const repository = createRedemptionRepository(shop.ledger.database)
  await repository.revoke(revoked.couponId, { by: 'support', as: 'operator', from: '::1' }, 'fraud')
  await repository.redeem({
    ...{ couponId: redeemed.couponId, orderId: 'order', ownerId: redeemed.userId },
    changer: { by: redeemed.userId, as: 'shopper', from: '::1' },
  })
  await shop.redis.control.command('FLUSHALL')
  shop.keep()
  await until('the gate is armed again', async () => (await sale.epoch()) === 2)
  for (const { userId, couponId, rank } of [revoked, redeemed])
    expect(await sale.answer(userId)).toMatchObject({ kind: 'already', grant: { couponId, rank } })
  expect((await sale.win(1)).map(({ rank }) => rank)).toEqual([3])
  expect((await sale.answer()).kind).toBe('sold-out')
  expect(await shop.coupons.one(revoked.couponId, revoked.userId)).toMatchObject({ state: 'revoked' })
  expect(await shop.coupons.one(redeemed.couponId, redeemed.userId)).toMatchObject({ state: 'redeemed' })
})
