import { z } from 'zod'
import type { CouponTerms } from '../../coupon/campaign.ts'
import { confirmedState } from '../../coupon/coupon-state.ts'
import { stockMax } from '../../coupon/grant.ts'
import type { MarkedGrant } from '../../coupon/ledger/grants-by-rank.ts'
import { useOf } from '../../coupon/ledger/recorded-coupons.ts'
import { formatTime } from './answers.ts'
import { orderIdValue } from './coupon-shapes.ts'
import { csvLine } from './csv.ts'
import { named } from './named-schema.ts'
import { idValue, nextCursor, slotValue, timeValue, userIdValue } from './shared-shapes.ts'

/** A page of the winners of a campaign, by rank. */
export const winnerListShape = named(
  'WinnerList',
  z.object({
    items: z
      .array(
        z.object({
          rank: z.int().min(1).max(stockMax),
          couponId: idValue('The coupon.'),
          userId: userIdValue,
          slot: slotValue,
          state: z.enum(['usable', 'redeemed', 'expired', 'revoked']),
          issuedAt: timeValue('When the gate granted it.'),
          orderId: orderIdValue.nullable(),
          redeemedAt: timeValue('When it was redeemed.').nullable(),
          revokedAt: timeValue('When it was revoked.').nullable(),
        }),
      )
      .max(100),
    nextCursor,
  }),
)

/** `Winner` of docs/api.md. Its fields are the columns of the CSV. */
export const toWinnerJson = ({ grant, marks }: MarkedGrant, terms: CouponTerms, nowMs: number) => ({
  rank: grant.rank,
  couponId: grant.couponId,
  userId: grant.userId,
  slot: grant.slot,
  state: confirmedState(useOf(marks), terms, nowMs),
  issuedAt: formatTime(grant.grantedAtMs),
  orderId: marks.redemption?.orderId ?? null,
  redeemedAt: marks.redemption === undefined ? null : formatTime(marks.redemption.atMs),
  revokedAt: marks.revokedAtMs === undefined ? null : formatTime(marks.revokedAtMs),
})

/** The first line of the CSV. */
export const winnerColumns = csvLine([
  ...['rank', 'couponId', 'userId', 'slot', 'state', 'issuedAt', 'orderId', 'redeemedAt', 'revokedAt'],
])
