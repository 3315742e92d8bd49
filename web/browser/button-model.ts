import type { ButtonState } from '../texts/button-texts.ts'

/** What everybody knows of a sale. Times are epoch milliseconds of the server. */
export type SaleFacts = {
  state: 'scheduled' | 'open' | 'paused' | 'sold-out' | 'closed' | 'recovering'
  stock: number
  remaining: number
  opensAtMs: number
  closesAtMs: number
}

/** What came of the presses of this person. `none` is nobody's last word: they may press. */
export type OwnPress =
  | { kind: 'none' | 'sending' | 'confirming' | 'unanswered' | 'busy' | 'recovering' }
  | { kind: 'granted' | 'already'; rank: number }
  | { kind: 'not-eligible'; reason: string }
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
  if (press.kind === 'not-open') return nowMs < press.untilMs ? 'not-open' : 'open'
  // More stock reopens a sale that was sold out.
  const isReopened = press.kind === 'sold-out' && facts?.state === 'open' && facts.remaining > 0
  if (press.kind !== 'none' && !isReopened) return press.kind
  if (facts === undefined) return 'missing'
  const state = stateOfSale(facts, nowMs)
  return isSignedIn || state === 'ended' || state === 'sold-out' ? state : 'sign-in'
}

/** Whether a press of the button does something. */
export const isPressable = (state: ButtonState): boolean =>
  state === 'open' || state === 'unanswered' || state === 'busy' || state === 'sign-in'

/** `1:02:03`, and `3.4` below ten seconds. */
export const countdownText = (leftMs: number): string => {
  if (leftMs <= 0) return '0'
  if (leftMs < imminentMs) return (Math.ceil(leftMs / 100) / 10).toFixed(1)
  const seconds = Math.ceil(leftMs / 1_000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`
}
