import type { Check } from '../../coupon/audit/compare/check.ts'
import { createCheckTally } from '../../coupon/audit/compare/check-tally.ts'
import type { PressAnswer } from './press-answers.ts'

/**
 * Checks what one shopper was shown in all answers: one coupon at most, and 201 for it at most once. Whether
 * the ledger has that coupon is for the comparison with the rows.
 */
export const checkRepeats = (answers: readonly PressAnswer[]): Check[] => {
  const oneCoupon = createCheckTally('one-per-user-and-slot', 'all presses of a shopper show one coupon')
  const oneGrant = createCheckTally('same-answer-again', 'a shopper gets 201 once, and 200 from then on')
  for (const [shopper, given] of Map.groupBy(answers, (each) => each.shopper)) {
    const shown = new Set(
      given.flatMap(({ answer: { meaning } }) =>
        meaning.kind === 'granted' ? [meaning.coupon.couponId] : [],
      ),
    )
    const grants = given.filter(({ status }) => status === 201).length
    if (shown.size === 0) continue
    oneCoupon.looked()
    oneGrant.looked()
    if (shown.size > 1) oneCoupon.broken(() => `shopper ${shopper + 1} saw ${[...shown].join(' and ')}`)
    if (grants > 1) oneGrant.broken(() => `shopper ${shopper + 1} was answered 201 ${grants} times`)
  }
  return [oneCoupon.check(), oneGrant.check()]
}
