import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOwnDatabase, type OwnDatabase } from '../../test/harness/servers/own-database.ts'
import { createCouponRepository, type ListQuery } from './coupons.ts'
import { idBytes } from './ids.ts'

let ledger: OwnDatabase
beforeAll(async () => {
  ledger = await createOwnDatabase()
})
afterAll(() => ledger.close())

/** Coupons of a user in one campaign, which are usable until `untilMs`; ids in the order of slots. */
const give = async (userId: string, count: number, untilMs = 253_402_300_799_999): Promise<string[]> => {
  const { id } = await ledger.createCampaign({ stock: count })
  await ledger.change('UPDATE campaigns SET usable_from_ms = 0, usable_until_ms = ? WHERE campaign_id = ?', [
    untilMs,
    idBytes(id),
  ])
  const couponIds = Array.from({ length: count }, () => randomUUIDv7())
  for (const [index, couponId] of couponIds.entries())
    await ledger.change(
      `INSERT INTO coupons (coupon_id, campaign_id, user_id, slot, \`rank\`, epoch, granted_at_ms)
       VALUES (?, ?, ?, ?, ?, 1, 1)`,
      [idBytes(couponId), idBytes(id), userId, index + 1, index + 1],
    )
  return couponIds
}
const firstPage = (userId: string, limit: number): ListQuery => ({
  ...{ userId, state: 'usable', beforeId: undefined, limit, nowMs: 1_000, isAwaited: () => true },
})

test('somebody with very many coupons gets the newest, and who asks beside them all of their own', async () => {
  const [collector, other] = [randomUUID(), randomUUID()]
  await give(collector, 10, 1)
  const many = (await Promise.all([1, 2, 3, 4].map(() => give(collector, 10)))).flat()
  const few = await give(other, 3)
  const coupons = createCouponRepository(ledger.database)
  const asked = [firstPage(collector, 5), firstPage(other, 5), firstPage(collector, 7), firstPage(other, 5)]
  const pages = await Promise.all(asked.map((query) => coupons.list(query)))
  const newest = many.toSorted().toReversed()
  for (const [place, page] of pages.entries()) {
    const ids = page.grants.map(({ couponId }) => couponId)
    if (asked[place]?.userId === other) expect(ids.toSorted()).toEqual(few.toSorted())
    else expect(ids).toEqual(expect.arrayContaining(newest.slice(0, asked[place]?.limit)))
    // Those beyond a page were not read: a list costs no more than what it shows.
    expect(ids.length).toBeLessThanOrEqual(7)
  }
})

test('a coupon that was used or taken away is on no first page', async () => {
  const owner = randomUUID()
  const [kept = '', used = '', revoked = ''] = await give(owner, 3)
  await ledger.change('UPDATE coupons SET redeemed_at_ms = 5 WHERE coupon_id = ?', [idBytes(used)])
  await ledger.change('UPDATE coupons SET revoked_at_ms = 5 WHERE coupon_id = ?', [idBytes(revoked)])
  const { grants } = await createCouponRepository(ledger.database).list(firstPage(owner, 5))
  expect(grants.map(({ couponId }) => couponId)).toEqual([kept])
})
