import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ListedState } from '../../coupon/coupon-state.ts'
import { gateKey, unrecordedKey } from '../../coupon/gate/keys.ts'
import type { UnrecordedCampaigns } from '../../coupon/gate/unrecorded-campaigns.ts'
import { type CouponRepository, createCouponRepository } from '../../coupon/ledger/coupons.ts'
import { createRedemptionRepository } from '../../coupon/ledger/redemptions.ts'
import { type CouponReader, createCouponReader } from '../../coupon/reading/coupon-reader.ts'
import { Failure } from '../../platform/failure.ts'
import { drained } from '../harness/shop/drained.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { until } from '../harness/values/until.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop({ publishDeadlineMs: 10_000 })
})
afterEach(() => {
  shop.recorder.release()
  return shop.clear()
})
afterAll(() => shop.close())

const firstPage = { state: 'usable', beforeId: undefined, limit: 10, waitedMs: 0 } as const
const redis = (...words: [string, ...(string | number)[]]) => shop.redis.control.command(...words)
const listDeadlineMs = 10_000
/** What a user reads, from this ledger. */
const openCoupons = (
  changes: Partial<CouponRepository> = {},
  unrecorded: Pick<UnrecordedCampaigns, 'look'> = shop.unrecorded,
  deadlineMs = listDeadlineMs,
): CouponReader => {
  const { gate, registry } = shop
  const { campaigns, log } = shop.parts
  const coupons = { ...createCouponRepository(shop.ledger.database), ...changes }
  return createCouponReader({
    ...{ gate, unrecorded, registry, campaigns, coupons, log },
    listDeadlineMs: deadlineMs,
  })
}
const winOne = async (sale: Sale) => {
  const [won] = await sale.win(1)
  if (won === undefined) throw new Error('nobody won')
  return won
}

describe('a coupon that the ledger does not have yet', () => {
  test('is in its winner’s list, once, and the list is complete', async () => {
    const sale = await shop.sale({ stock: 3 })
    await shop.settle()
    shop.recorder.hold()
    const won = await winOne(sale)
    const list = () => openCoupons().list(won.userId, firstPage)
    const expected = { coupons: [{ grant: won, state: 'usable' }], more: false, complete: true }
    expect(await list()).toMatchObject(expected)
    shop.recorder.release()
    await drained(shop)
    expect(await list()).toMatchObject(expected)
  })

  const noLedger = (): Promise<never> =>
    Promise.reject(new Failure('unavailable', 'the ledger does not answer'))
  test.each<[string, Partial<CouponRepository>, (sale: Sale) => Promise<unknown>]>([
    ['the ledger cannot be read', { list: noLedger }, async () => {}],
    ['a gate cannot be read', {}, ({ id }) => redis('DEL', gateKey(id))],
    ['the notes are lost', {}, () => redis('DEL', unrecordedKey)],
  ])(
    'a list is called not complete while %s, and has what the other sources have',
    async (_, changes, spoil) => {
      const sale = await shop.sale({ stock: 3 })
      await shop.settle()
      const won = await winOne(sale)
      await drained(shop)
      await spoil(sale)
      const list = await openCoupons(changes).list(won.userId, firstPage)
      expect(list).toMatchObject({ coupons: [{ grant: { couponId: won.couponId } }], complete: false })
    },
  )

  test('is in a list that its row and the end of its note overtook', async () => {
    const sale = await shop.sale({ stock: 3 })
    await shop.settle()
    shop.recorder.hold()
    const won = await winOne(sale)
    const queried = Promise.withResolvers<void>()
    let hasBegun = false
    const repository = createCouponRepository(shop.ledger.database)
    const coupons = openCoupons(
      {
        async list(query) {
          hasBegun = true
          const found = await repository.list(query)
          shop.recorder.release()
          await drained(shop)
          await shop.settle()
          queried.resolve()
          return found
        },
      },
      {
        async look() {
          await nextTurn()
          if (hasBegun) await queried.promise
          return shop.unrecorded.look()
        },
      },
    )
    expect(await coupons.list(won.userId, firstPage)).toMatchObject({ coupons: [{ grant: won }] })
    expect((await shop.unrecorded.look()).notes.size).toBe(0)
  })

  test('makes a list incomplete when its gate does not answer in time, and the list does not wait', async () => {
    const sale = await shop.sale({ stock: 3 })
    await shop.settle()
    const won = await winOne(sale)
    await drained(shop)
    const never = new Promise<never>(() => undefined)
    const { registry, parts } = shop
    const coupons = createCouponReader({
      ...{ gate: { ...shop.gate, look: () => never }, unrecorded: shop.unrecorded, registry, log: parts.log },
      ...{ campaigns: parts.campaigns, coupons: createCouponRepository(shop.ledger.database) },
      listDeadlineMs: 300,
    })
    expect(await coupons.list(won.userId, firstPage)).toMatchObject({
      coupons: [{ grant: won }],
      complete: false,
    })
  })
})

test('a coupon whose time is over is expired and no longer usable, in lists and alone', async () => {
  const sale = await shop.sale({
    stock: 3,
    coupon: {
      ...{ title: 'Soon over', discount: { kind: 'percent', value: 10 } },
      ...{ usableFromMs: 0, usableUntilMs: Date.now() + 2_000 },
    },
  })
  await shop.settle()
  const won = await winOne(sale)
  await drained(shop)
  const coupons = openCoupons()
  const list = async (state: ListedState) =>
    (await coupons.list(won.userId, { ...firstPage, state })).coupons.map((coupon) => coupon.state)
  await until('it is over', async () => (await list('usable')).length === 0)
  expect(await list('expired')).toEqual(['expired'])
  expect(await list('all')).toEqual(['expired'])
  expect(await coupons.one(won.couponId, won.userId)).toMatchObject({ state: 'expired' })
})

describe('a coupon that was used, while its gate is still asked', () => {
  const changer = { by: 'support', as: 'operator', from: '::1' } as const
  const uses = {
    redeemed: (couponId: string, userId: string) =>
      createRedemptionRepository(shop.ledger.database).redeem({
        ...{ couponId, orderId: 'order', ownerId: userId, changer: { ...changer, as: 'shopper' } },
      }),
    revoked: (couponId: string) =>
      createRedemptionRepository(shop.ledger.database).revoke(couponId, changer, 'why'),
  }

  test.each(['redeemed', 'revoked'] as const)(
    'is %s to everybody who reads it, and the press still answers that it was granted',
    async (state) => {
      const sale = await shop.sale({ stock: 3 })
      await shop.settle()
      const won = await winOne(sale)
      await drained(shop)
      await uses[state](won.couponId, won.userId)
      expect((await shop.unrecorded.look()).notes.size).toBe(1)
      const coupons = openCoupons()
      const list = (listed: ListedState) => coupons.list(won.userId, { ...firstPage, state: listed })
      expect(await list('usable')).toEqual({ coupons: [], more: false, complete: true })
      const found = { coupons: [{ grant: won, state }], complete: true }
      expect(await list(state)).toMatchObject(found)
      expect(await list('all')).toMatchObject(found)
      expect(await coupons.one(won.couponId, won.userId)).toMatchObject({ grant: won, state })
      expect(await coupons.outcome(sale.id, won.userId)).toMatchObject({
        ...{ kind: 'granted', coupons: [{ grant: won, state }] },
      })
      expect(await sale.press(won.userId)).toMatchObject({ kind: 'already', grant: won })
    },
  )

  test('makes a list incomplete when what became of it cannot be read; the outcome is that of the gate', async () => {
    const sale = await shop.sale({ stock: 3 })
    await shop.settle()
    const won = await winOne(sale)
    await drained(shop)
    await uses.redeemed(won.couponId, won.userId)
    for (const unread of [
      () => Promise.reject(new Failure('unavailable', 'no answer')),
      () => new Promise<never>(() => undefined),
    ]) {
      const coupons = openCoupons({ uses: unread }, shop.unrecorded, 300)
      expect(await coupons.list(won.userId, firstPage)).toMatchObject({ complete: false })
      expect(await coupons.outcome(sale.id, won.userId)).toMatchObject({
        ...{ kind: 'granted', coupons: [{ grant: won, state: 'usable' }] },
      })
    }
  })
})

test('a list whose time was over before its turn came asks nobody, and is not complete', async () => {
  const sale = await shop.sale({ stock: 3 })
  const won = await winOne(sale)
  const asked = (): never => {
    throw new Error('the ledger was asked')
  }
  const late = { ...firstPage, waitedMs: listDeadlineMs }
  expect(await openCoupons({ list: asked }, { look: asked }).list(won.userId, late)).toEqual({
    ...{ coupons: [], more: false, complete: false },
  })
})
