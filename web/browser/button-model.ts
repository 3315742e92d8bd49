import type { ButtonState } from '../texts/button-texts.ts'

/** What everybody knows of a sale. Times are epoch milliseconds of the server. */
export type SaleFacts = {
  state: 'scheduled' | 'open' | 'paused' | 'sold-out' | 'closed' | 'recovering'
  stock: number
  remaining: number
  opensAtMs: number
  closesAtMs: number
  /** When the last coupon was taken, while it is sold out. */
  soldOutAtMs?: number | undefined
}

/** What came of the presses of this person. `none` is nobody's last word: they may press. */
export type OwnPress =
  | { kind: 'none' | 'sending' | 'confirming' | 'unanswered' | 'busy' | 'recovering' }
  /** `usable` is what they are found to have, and `already` what a press found. Times are RFC 3339. */
  | { kind: 'granted' | 'already' | 'usable'; rank: number; usableUntil: string }
  | { kind: 'not-eligible' }
  /** Too early by the clock of the server. */
  | { kind: 'not-open'; untilMs: number }
  | { kind: 'sold-out'; atMs: number }

/** From here on the button says that it opens in a moment. */
export const imminentMs = 10_000

const stateOfSale = (facts: SaleFacts, nowMs: number): ButtonState => {
  // The state may be a second old, and the opening is known to the millisecond.
  if (facts.state === 'scheduled' || facts.state === 'open') {
    if (nowMs >= facts.closesAtMs) return 'ended'
    if (nowMs >= facts.opensAtMs) return 'open'
    return nowMs >= facts.opensAtMs - imminentMs ? 'imminent' : 'scheduled'
  }
  return facts.state === 'closed' ? 'ended' : facts.state
}

/**
 * The state of the button. What this person was told stands above what everybody knows. So a winner stays
 * one, and a press without an answer is never shown as sold out.
 */
export const stateOfButton = (
  facts: SaleFacts | undefined,
  press: OwnPress,
  { nowMs, isSignedIn }: { nowMs: number; isSignedIn: boolean },
): ButtonState => {
  const sale = facts === undefined ? 'missing' : stateOfSale(facts, nowMs)
  const isOver =
    // Also when it was opened earlier than it said.
    (press.kind === 'not-open' && (nowMs >= press.untilMs || facts?.state === 'open')) ||
    // More stock reopens a sale that was sold out.
    (press.kind === 'sold-out' && sale === 'open' && facts !== undefined && facts.remaining > 0) ||
    // Pressing again is of use only while it is open.
    (press.kind === 'busy' && sale !== 'open')
  if (press.kind !== 'none' && !isOver) return press.kind
  return !isSignedIn && ['scheduled', 'imminent', 'open'].includes(sale) ? 'sign-in' : sale
}

/** Whether a press of the button does something. */
export const isPressable = (state: ButtonState): boolean =>
  state === 'open' || state === 'unanswered' || state === 'busy' || state === 'sign-in'

/** Whether it is the answer that this person waited for. */
export const isResult = (state: ButtonState): boolean =>
  ['granted', 'already', 'usable', 'not-eligible', 'sold-out'].includes(state)

/** Whether it is read out when it begins. Milestones tell of the way to the opening. */
export const isNews = (state: ButtonState): boolean =>
  !['sign-in', 'scheduled', 'imminent', 'open', 'sending'].includes(state)

/** Whether they have pressed, and do not know yet what came of it. */
export const isWaiting = (state: ButtonState | undefined): boolean =>
  state === 'sending' || state === 'confirming' || state === 'unanswered' || state === 'recovering'

/** `1:02:03`, and `3.4` below ten seconds. */
export const countdownText = (leftMs: number): string => {
  if (leftMs <= 0) return '0'
  if (leftMs < imminentMs) return (Math.ceil(leftMs / 100) / 10).toFixed(1)
  const seconds = Math.ceil(leftMs / 1_000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`
}
