import type { Check } from '../../coupon/audit/compare/check.ts'
import { type CheckTally, createCheckTally } from '../../coupon/audit/compare/check-tally.ts'
import type { PressAnswer } from './press-answers.ts'

/**
 * Checks each answer after the last coupon was gone, even if a later one corrects it. Who came late is sold
 * out, and a winner is shown the coupon with 200. No answer, 429, 5xx and 202 are in flight. Whether it is
 * the winner's coupon is for the comparison with the answers before.
 */
export const checkLateAnswers = (
  answers: readonly PressAnswer[],
  isWinner: (shopper: number) => boolean,
): Check[] => {
  const late = createCheckTally('sold-out-is-final', 'every press of a late shopper is answered 409 sold-out')
  const again = createCheckTally('same-answer-again', 'every winner who presses again is answered 200')
  const note = (tally: CheckTally, isRight: boolean, { shopper, status, answer }: PressAnswer): void => {
    tally.looked()
    if (isRight) return
    const kind = answer.next === 'nothing' ? 'broken' : 'inFlight'
    tally[kind](() => `shopper ${shopper + 1} was answered ${status ?? 'nothing'}: ${answer.outcome}`)
  }
  for (const given of answers) {
    const { status, answer, shopper } = given
    if (isWinner(shopper)) note(again, status === 200 && answer.meaning.kind === 'granted', given)
    else note(late, answer.meaning.kind === 'sold-out', given)
  }
  return [late.check(), again.check()]
}
