import type { Check } from '../../coupon/audit/compare/check.ts'
import { createCheckTally } from '../../coupon/audit/compare/check-tally.ts'
import type { AnswerTimes } from '../people/answer.ts'
import type { ListReading } from '../people/read-list.ts'
import type { PressAnswer } from './press-answers.ts'

/** A request for a list, and what it was answered. */
export type ListAnswer = { shopper: number; list: ListReading; times: AnswerTimes }

/**
 * Checks that each list shows the coupon of its shopper when it was asked for after the yes. A list that says
 * that it is not complete may lack it: that is in flight, and so is a list that was not answered.
 */
export const checkLists = (presses: readonly PressAnswer[], lists: readonly ListAnswer[]): Check => {
  const shown = createCheckTally('no-lost-win', 'every list asked for after a yes shows the coupon')
  const yeses = new Map(
    presses.flatMap(({ shopper, answer: { meaning }, times }) =>
      meaning.kind === 'granted' ? [[shopper, { ...meaning.coupon, ...times }] as const] : [],
    ),
  )
  for (const { shopper, list, times } of lists) {
    const yes = yeses.get(shopper)
    if (yes === undefined || times.sentMs < yes.answeredMs) continue
    shown.looked()
    if (list.couponIds.has(yes.couponId)) continue
    shown[list.isOpen ? 'inFlight' : 'broken'](
      () => `shopper ${shopper + 1} was told coupon ${yes.couponId}, then got: ${list.outcome}`,
    )
  }
  return shown.check()
}
