import type { SqlReader, SqlRow } from '../../platform/mysql/connection.ts'
import type { CouponTerms } from '../campaign.ts'
import type { CouponRole, CouponUse } from '../coupon-state.ts'
import type { Grant } from '../grant.ts'
import { idBytes } from './ids.ts'
import { couponTermsFrom, grantColumns, grantFrom } from './rows.ts'

/** For which order a coupon was redeemed, when, and as what. */
export type CouponRedemption = { orderId: string; atMs: number; as: CouponRole }

/** What a row of `coupons` says beside the grant. */
export type CouponMarks = {
  redemption: CouponRedemption | undefined
  revokedAtMs: number | undefined
  /** How often it was redeemed, given back or revoked so far. */
  changes: number
}

/** A coupon as the ledger has it, with the terms of its campaign there. */
export type RecordedCoupon = CouponMarks & { grant: Grant; terms: CouponTerms }

/** The columns of `CouponMarks` in `coupons`. */
export const markColumns = ['redeemed_order_id', 'redeemed_at_ms', 'redeemed_as', 'revoked_at_ms', 'changes']
  .map((column) => `coupons.${column}`)
  .join(', ')

/** What a row of `coupons` says beside the grant. */
export const marksFrom = (row: SqlRow): CouponMarks => ({
  redemption:
    row['redeemed_order_id'] == null
      ? undefined
      : {
          orderId: row['redeemed_order_id'] as string,
          atMs: Number(row['redeemed_at_ms']),
          as: row['redeemed_as'] as CouponRole,
        },
  revokedAtMs: row['revoked_at_ms'] == null ? undefined : Number(row['revoked_at_ms']),
  changes: Number(row['changes'] ?? 0),
})

/** What became of a coupon with these marks. */
export const useOf = ({ redemption, revokedAtMs }: CouponMarks): CouponUse | undefined => {
  if (revokedAtMs !== undefined) return 'revoked'
  return redemption === undefined ? undefined : 'redeemed'
}

/** The clock of the ledger in milliseconds since 1970, when the statement begins. */
export const ledgerNowMs = 'CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)'

const termsColumns =
  'title, discount_kind, discount_value, discount_currency, usable_from_ms, usable_until_ms'

/** A coupon and the clock of the ledger at that moment; with an owner only theirs. */
export const readRecordedCoupon = async (
  source: SqlReader,
  couponId: string,
  ownerId?: string,
): Promise<{ coupon: RecordedCoupon; nowMs: number } | undefined> => {
  const [row] = await source.read(
    `SELECT ${grantColumns}, ${markColumns}, ${termsColumns}, ${ledgerNowMs} AS now_ms
     FROM coupons JOIN campaigns USING (campaign_id)
     WHERE coupon_id = ? ${ownerId === undefined ? '' : 'AND user_id = ?'}`,
    [idBytes(couponId), ownerId],
  )
  if (row === undefined) return undefined
  const coupon = { grant: grantFrom(row), terms: couponTermsFrom(row), ...marksFrom(row) }
  return { coupon, nowMs: Number(row['now_ms']) }
}
