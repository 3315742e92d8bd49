import type { CouponRole } from '../coupon/coupon-state.ts'
import type { NoRow } from '../coupon/redemption/redeemer.ts'
import { prepareProblem, unknownCoupon } from './problem.ts'

const noCoupon = prepareProblem('unknown-coupon', 'No coupon has this id.')
const notConfirmed = prepareProblem('confirming', 'This coupon is not confirmed yet. Ask again.')
const notRecorded = prepareProblem(
  'not-recorded-yet',
  'The database does not have this coupon yet. Nothing was done.',
  { headers: { 'Retry-After': '1' } },
)

/** The answer about a coupon that the ledger has no row of. */
export const noRowProblem = (kind: NoRow['kind'], as: CouponRole): Response => {
  switch (kind) {
    case 'unknown-coupon':
      return as === 'shopper' ? unknownCoupon() : noCoupon()
    case 'confirming':
      return notConfirmed()
    case 'not-recorded-yet':
      return notRecorded()
  }
}
