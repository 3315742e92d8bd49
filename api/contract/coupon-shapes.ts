import { z } from 'zod'
import { discountShape } from '../../coupon/campaign.ts'
import { orderIdPattern } from '../../coupon/coupon-state.ts'
import { stockMax } from '../../coupon/grant.ts'
import { labelValue } from './label.ts'
import { named } from './named-schema.ts'
import { idValue, nextCursor, refreshAfterValue, slotValue, timeValue, userIdValue } from './shared-shapes.ts'

/** What a coupon is worth, in bodies and answers. */
export const discountValue = named(
  'Discount',
  discountShape.meta({
    description:
      'What a coupon is worth: `amount` in the minor unit of the currency, or `percent` from 1 to 100.',
    examples: [{ kind: 'amount', value: 10_000, currency: 'KRW' }],
  }),
)

/** The terms of a coupon in answers. */
export const termsShape = {
  title: labelValue().meta({ examples: ['10,000 won off'] }),
  discount: discountValue,
  usableFrom: timeValue('From when on it can be used.'),
  usableUntil: timeValue('The first moment when it can no longer be used.', '2030-12-31T14:59:59.000Z'),
}

/** A coupon in answers. */
export const couponShape = named(
  'Coupon',
  z.object({
    id: idValue('Ids sort by time and cannot be guessed.'),
    campaignId: idValue('The campaign that it is of.'),
    userId: userIdValue,
    slot: slotValue,
    rank: z.int().min(1).max(stockMax).describe('Its position in the order of the gate.'),
    state: z.enum(['confirming', 'usable', 'redeemed', 'expired', 'revoked']).meta({
      description:
        '`confirming` is not a yes yet. `usable` lasts until `usableUntil`, and holds before `usableFrom` too.',
      examples: ['usable'],
    }),
    issuedAt: timeValue('When the gate granted it.', '2030-11-29T00:00:00.123Z'),
    ...termsShape,
  }),
)

/** An order id in a path and in answers. */
export const orderIdValue = z
  .string()
  .regex(orderIdPattern)
  .describe('The order, by the id that the shop gave it.')

/** A redemption in answers. */
export const redemptionShape = named(
  'Redemption',
  z
    .object({
      couponId: idValue('The coupon.'),
      orderId: orderIdValue,
      redeemedAt: timeValue('When it was redeemed, by the clock of the database.'),
      campaignId: idValue('The campaign that the coupon is of.'),
      userId: userIdValue,
      title: z.string().max(200),
      discount: discountValue,
    })
    .describe('A coupon that is used for an order. It is the same at every repeat.'),
)

/** A page of the coupons of a shopper. */
export const couponListShape = named(
  'CouponList',
  z.object({
    items: z.array(couponShape).max(100),
    nextCursor,
    complete: z
      .boolean()
      .describe('False when a source could not be read in time: the shopper may have more coupons.'),
  }),
)

/** The outcome of a press, as it is known now. */
export const outcomeShape = named(
  'Outcome',
  z.object({
    outcome: z
      .enum(['granted', 'confirming', 'recovering', 'none'])
      .describe('`none` is final for the presses until now: pressing again is safe.'),
    coupons: z.array(couponShape).max(10),
    refreshAfterMs: refreshAfterValue.describe(
      'With `confirming` and `recovering`: ask again after that. It differs from one answer to the next.',
    ),
    retryAfterMs: refreshAfterValue.describe('The former name of `refreshAfterMs`, with the same value.'),
  }),
)
