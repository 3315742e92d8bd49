import { isDeepStrictEqual } from 'node:util'
import type { SqlReader } from '../../platform/mysql/connection.ts'
import { type NumberedChange, readChangedWithoutMarks, readCouponChanges } from '../ledger/coupon-changes.ts'
import type { MarkedGrant } from '../ledger/grants-by-rank.ts'
import type { CouponMarks } from '../ledger/recorded-coupons.ts'
import type { CheckTally } from './compare/check-tally.ts'
import { describeCoupon } from './compare/source-entries.ts'

/** What a coupon looks like after these changes, oldest first. */
const marksAfter = (history: readonly NumberedChange[]): CouponMarks => {
  let redemption: CouponMarks['redemption']
  let revokedAtMs: CouponMarks['revokedAtMs']
  for (const { action, orderId, atMs, as } of history) {
    if (action === 'given-back') redemption = undefined
    else if (action === 'revoked') revokedAtMs ??= atMs
    // An order service that takes over an order keeps the time of its redemption.
    else redemption = { orderId: orderId ?? '', atMs: redemption?.atMs ?? atMs, as }
  }
  return { redemption, revokedAtMs, changes: history.length }
}

const isUsed = ({ redemption, revokedAtMs, changes }: CouponMarks): boolean =>
  redemption !== undefined || revokedAtMs !== undefined || changes > 0

/** Compares the coupons that were used with their history. Most were not: those cost no query. */
export const checkUses = async (
  source: SqlReader,
  campaignId: string,
  coupons: readonly MarkedGrant[],
  tally: CheckTally,
): Promise<void> => {
  const used = coupons.filter(({ marks }) => isUsed(marks))
  if (used.length === 0) return
  tally.looked(used.length)
  const histories = await readCouponChanges(
    source,
    campaignId,
    used.map(({ grant }) => grant.couponId),
  )
  for (const { grant, marks } of used) {
    const history = histories.get(grant.couponId) ?? []
    const isNumbered = history.every(({ number }, index) => number === index + 1)
    if (!isNumbered || !isDeepStrictEqual(marksAfter(history), marks))
      tally.broken(() => `${describeCoupon(grant)} is not what its ${history.length} changes made of it`)
  }
}

/** Finds histories of coupons that look as if nothing had been done to them. */
export const checkUnmarked = async (
  source: SqlReader,
  campaignId: string,
  tally: CheckTally,
): Promise<void> => {
  for await (const couponIds of readChangedWithoutMarks(source, campaignId)) {
    tally.looked(couponIds.length)
    for (const couponId of couponIds)
      tally.broken(() => `coupon ${couponId} has a history, and its row does not say so`)
  }
}
