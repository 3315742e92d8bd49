import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOwnDatabase, type OwnDatabase } from '../../test/harness/servers/own-database.ts'
import { idBytes } from './ids.ts'
import { couponChangesMax, createRedemptionRepository, type RedemptionRequest } from './redemptions.ts'

let ledger: OwnDatabase
beforeAll(async () => {
  ledger = await createOwnDatabase()
})
afterAll(() => ledger.close())

const shopper = { by: 'user', as: 'shopper', from: '::1' } as const

/** A coupon of `user` that is usable now. */
const storeCoupon = async (): Promise<string> => {
  const { id } = await ledger.createCampaign({ stock: 1 })
  await ledger.change(
    'UPDATE campaigns SET usable_from_ms = 0, usable_until_ms = 253402300799999 WHERE campaign_id = ?',
    [idBytes(id)],
  )
  const couponId = randomUUIDv7()
  await ledger.change(
    `INSERT INTO coupons (coupon_id, campaign_id, user_id, slot, \`rank\`, epoch, granted_at_ms)
     VALUES (?, ?, 'user', 1, 1, 1, 1)`,
    [idBytes(couponId), idBytes(id)],
  )
  return couponId
}
const requestFor = (couponId: string, orderId: string = randomUUID()): RedemptionRequest => ({
  ...{ couponId, orderId, ownerId: 'user', changer: shopper },
})

test('a redemption whose history cannot be written is not made', async () => {
  const repository = createRedemptionRepository(ledger.database)
  const couponId = await storeCoupon()
  const coupon = await repository.find(couponId)
  await ledger.change(
    `INSERT INTO coupon_changes (campaign_id, coupon_id, number, action, changed_at_ms, changed_by, changed_as, changed_from)
     VALUES (?, ?, 1, 'redeemed', 1, 'x', 'shopper', '::1')`,
    [idBytes(coupon?.grant.campaignId ?? ''), idBytes(couponId)],
  )
  await expect(repository.redeem(requestFor(couponId))).rejects.toMatchObject({ code: 'unavailable' })
  expect(await repository.find(couponId)).toEqual(coupon)
})

test('orders that found a coupon usable at the same time do not both redeem it', async () => {
  const couponId = await storeCoupon()
  const waiting = Promise.withResolvers<void>()
  let found = 0
  // Both have read before either changes.
  const repository = createRedemptionRepository({
    ...ledger.database,
    async read(sql, values) {
      const rows = await ledger.database.read(sql, values)
      found += 1
      if (found === 2) waiting.resolve()
      await waiting.promise
      return rows
    },
  })
  const outcomes = await Promise.all([
    repository.redeem(requestFor(couponId)),
    repository.redeem(requestFor(couponId)),
  ])
  expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['already-redeemed', 'redeemed'])
})

test('a coupon that is revoked while a shop takes it over is not taken over', async () => {
  const couponId = await storeCoupon()
  const plain = createRedemptionRepository(ledger.database)
  const request = requestFor(couponId)
  await plain.redeem(request)
  const operator = { by: 'ann', as: 'operator', from: '::1' } as const
  // The shop has read the coupon when it is revoked.
  const repository = createRedemptionRepository({
    ...ledger.database,
    async read(sql, values) {
      const rows = await ledger.database.read(sql, values)
      await plain.revoke(couponId, operator, 'stolen')
      return rows
    },
  })
  const shop = { by: 'shop', as: 'orders', from: '::1' } as const
  expect(await repository.redeem({ ...request, ownerId: undefined, changer: shop })).toEqual({
    kind: 'revoked',
  })
  expect((await plain.find(couponId))?.redemption?.as).toBe('shopper')
})

test(`a coupon that was changed ${couponChangesMax} times is redeemed no more, and its order keeps it until it is given back`, async () => {
  const repository = createRedemptionRepository(ledger.database)
  const couponId = await storeCoupon()
  const request = requestFor(couponId)
  for (let changes = 0; changes < couponChangesMax - 1; changes += 2) {
    expect((await repository.redeem(request)).kind).toBe('redeemed')
    expect(await repository.redeem(requestFor(couponId))).toMatchObject({ kind: 'already-redeemed' })
    expect(await repository.giveBack(request)).toEqual({ kind: 'given-back' })
  }
  expect(await repository.redeem(request)).toEqual({ kind: 'changed-too-often' })
  expect((await repository.find(couponId))?.changes).toBe(couponChangesMax)
  expect(await repository.giveBack(request)).toEqual({ kind: 'not-redeemed' })
})

test('a coupon that is revoked keeps its first reason', async () => {
  const repository = createRedemptionRepository(ledger.database)
  const couponId = await storeCoupon()
  const operator = { by: 'ann', as: 'operator', from: '::1' } as const
  const coupon = await repository.revoke(couponId, operator, 'stolen')
  expect(await repository.revoke(couponId, { ...operator, by: 'bob' }, 'again')).toEqual(coupon)
  if (coupon === undefined) throw new Error('not found')
  expect(await repository.history(coupon)).toEqual([
    {
      ...{ number: 1, action: 'revoked', atMs: coupon.revokedAtMs, orderId: null, reason: 'stolen' },
      ...operator,
    },
  ])
  expect(await repository.revoke(randomUUIDv7(), operator, 'nobody')).toBe(undefined)
})
