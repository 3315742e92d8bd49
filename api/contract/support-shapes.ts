import { z } from 'zod'
import { confirmedState } from '../../coupon/coupon-state.ts'
import type { NumberedChange } from '../../coupon/ledger/coupon-changes.ts'
import { type RecordedCoupon, useOf } from '../../coupon/ledger/recorded-coupons.ts'
import { formatTime, toCouponJson } from './answers.ts'
import { couponShape, orderIdValue } from './coupon-shapes.ts'
import { label } from './label.ts'
import { named } from './named-schema.ts'
import { counter, sentence, timeValue } from './shared-shapes.ts'

/** The body of a revocation. */
export const revocationShape = named(
  'Revocation',
  z.strictObject({ reason: label('expected why, in 1 to 200 characters') }),
)

const roleValue = z
  .enum(['shopper', 'orders', 'operator'])
  .describe('As what: the owner, an order service, or an operator.')

const couponChangeShape = named(
  'CouponChange',
  z.object({
    number: counter().describe('1 is the first of the coupon.'),
    action: z.enum(['redeemed', 'given-back', 'revoked']),
    at: timeValue('When, by the clock of the database.'),
    by: sentence().describe('Who did it.'),
    as: roleValue,
    from: sentence().describe('The address that the request came from.'),
    orderId: orderIdValue.nullable(),
    reason: sentence().nullable(),
  }),
)

/** A coupon as support sees it. */
export const supportCouponShape = named(
  'SupportCoupon',
  couponShape.extend({
    redemption: z
      .object({ orderId: orderIdValue, redeemedAt: timeValue('When it was redeemed.'), as: roleValue })
      .nullable(),
    revokedAt: timeValue('When it was revoked.').nullable(),
    // Redeemed at most a hundred times; each may be taken over and given back.
    history: z.array(couponChangeShape).max(400).describe('What was done to it, oldest first.'),
  }),
)

const toCouponChangeJson = ({ number, action, atMs, by, as, from, orderId, reason }: NumberedChange) => ({
  ...{ number, action, at: formatTime(atMs), by, as, from, orderId, reason },
})

/** `SupportCoupon` of docs/api.md. */
export const toSupportCouponJson = (
  coupon: RecordedCoupon,
  history: readonly NumberedChange[],
  nowMs: number,
) => {
  const { grant, terms, redemption, revokedAtMs } = coupon
  return {
    ...toCouponJson({ grant, terms, state: confirmedState(useOf(coupon), terms, nowMs) }),
    redemption:
      redemption === undefined
        ? null
        : { orderId: redemption.orderId, redeemedAt: formatTime(redemption.atMs), as: redemption.as },
    revokedAt: revokedAtMs === undefined ? null : formatTime(revokedAtMs),
    history: history.map(toCouponChangeJson),
  }
}
