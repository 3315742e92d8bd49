import type { PromiseTallies } from './check-tallies.ts'
import {
  type ClientAnswer,
  describeCoupon,
  isSameCoupon,
  type LedgerRow,
  type ShownCoupon,
} from './source-entries.ts'

/** What one user was answered about one slot, in order, and the rows that they have. */
export type UserSlot = { userId: string; rows: LedgerRow[]; answers: ClientAnswer[] }

/** What the answers come to. */
type HeardAnswers = {
  /** The coupon of the first yes. */
  granted?: ShownCoupon
  last?: ClientAnswer
  /** Answered sold out, and not yes before. */
  wasSoldOut: boolean
}

const describeRows = (rows: readonly LedgerRow[]): string =>
  rows.length === 0 ? 'no row' : rows.map((row) => `a row with ${describeCoupon(row)}`).join(' and ')

const isOpen = (answer: ClientAnswer): boolean => answer.kind === 'unknown' || answer.kind === 'confirming'

/** An answer after a yes has to show the same coupon. An open one takes nothing back. */
const checkRepeat = (
  userId: string,
  granted: ShownCoupon,
  answer: ClientAnswer,
  tallies: PromiseTallies,
): void => {
  if (answer.kind === 'unknown') return
  tallies.sameAnswerAgain.looked()
  if (answer.kind === 'granted' && isSameCoupon(answer.coupon, granted)) return
  const then = answer.kind === 'granted' ? describeCoupon(answer.coupon) : answer.kind
  tallies.sameAnswerAgain.broken(() => `${userId} was told ${describeCoupon(granted)}, then ${then}`)
}

/** Goes through the answers in order, and checks that none takes back one before it. */
const hearAnswers = ({ userId, answers }: UserSlot, tallies: PromiseTallies): HeardAnswers => {
  const heard: HeardAnswers = { wasSoldOut: false }
  for (const answer of answers) {
    heard.last = answer
    if (heard.granted !== undefined) checkRepeat(userId, heard.granted, answer, tallies)
    else if (answer.kind === 'sold-out') heard.wasSoldOut = true
    else if (answer.kind === 'granted') {
      heard.granted = answer.coupon
      if (heard.wasSoldOut)
        tallies.soldOutIsFinal.broken(
          () => `${userId} was told sold out, then ${describeCoupon(answer.coupon)}`,
        )
    }
  }
  return heard
}

const checkWin = (
  { userId, rows }: UserSlot,
  coupon: ShownCoupon,
  tallies: PromiseTallies,
  isLedgerComplete: boolean,
): void => {
  tallies.noLostWin.looked()
  if (rows.some((row) => isSameCoupon(row, coupon))) return
  const example = (): string => `${userId} was told ${describeCoupon(coupon)}: ${describeRows(rows)}`
  if (rows.length === 0 && !isLedgerComplete) tallies.noLostWin.inFlight(example)
  else tallies.noLostWin.broken(example)
}

/** Without a yes there must be no row, unless the answer is still open. */
const checkNoWin = (
  { userId, rows }: UserSlot,
  { last, wasSoldOut }: HeardAnswers,
  tallies: PromiseTallies,
): void => {
  if (wasSoldOut) tallies.soldOutIsFinal.looked()
  if (rows.length === 0) return
  const example = (): string => `${userId} was told ${last?.kind ?? 'nothing'}: ${describeRows(rows)}`
  if (wasSoldOut) tallies.soldOutIsFinal.broken(example)
  else if (last !== undefined && isOpen(last)) tallies.nobodyUnaware.inFlight(example)
  else tallies.nobodyUnaware.broken(example)
}

/**
 * What the answers show about the gate:
 * - `decided`: it granted something, or was sold out.
 * - `pending`: it granted something that is not in the ledger yet.
 * - `open`: nobody knows yet.
 * - `noClaim`: it granted nothing, or was not asked.
 */
export type AnswerReach = 'decided' | 'pending' | 'open' | 'noClaim'

/** Compares all answers about one user and slot with the rows. */
export const checkUserSlot = (
  userSlot: UserSlot,
  tallies: PromiseTallies,
  isLedgerComplete: boolean,
): AnswerReach => {
  const { userId, rows } = userSlot
  const heard = hearAnswers(userSlot, tallies)
  const { granted, last, wasSoldOut } = heard
  if (granted === undefined) checkNoWin(userSlot, heard, tallies)
  else checkWin(userSlot, granted, tallies, isLedgerComplete)
  if (rows.length > 0) {
    tallies.onePerUserAndSlot.looked()
    tallies.nobodyUnaware.looked()
  }
  if (rows.length > 1)
    tallies.onePerUserAndSlot.broken(() => `${userId} has ${describeRows(rows)}`, rows.length - 1)

  if (last === undefined) return 'noClaim'
  tallies.everybodyAnswered.looked()
  if (granted !== undefined || wasSoldOut) return 'decided'
  if (!isOpen(last)) return 'noClaim'
  tallies.everybodyAnswered.inFlight(() => `${userId}: the last answer was ${last.kind}`)
  if (rows.length > 0) return 'decided'
  return last.kind === 'confirming' ? 'pending' : 'open'
}
