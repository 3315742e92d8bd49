import type { GateWinner } from '../../gate/gate-surveyor.ts'
import type { Grant } from '../../grant.ts'
import type { Tallies } from './tallies.ts'

/** A row of the ledger. */
export type LedgerRow = Omit<Grant, 'grantedAtMs'>

/** A coupon as a client was shown it. */
export type ToldCoupon = Omit<LedgerRow, 'epoch'>

/** A record of the log, as it is to be judged. */
export type Logged = LedgerRow & {
  /** It lies at or beyond the cut of its epoch, which is over: it needs no row. */
  isLate: boolean
  /** The ledger's position is past it. */
  isPassed: boolean
  /** It was in the log before the gate was read, so the gate has to know it. */
  isBeforeGate: boolean
}

/**
 * What one answer said to one user about one slot. `none` is the armed gate's word that nothing was granted, `refused` any other
 * final no (closed, paused, ...), `unknown` everything that leaves it open: no answer, overloaded, recovering, unavailable.
 */
export type Told =
  | { kind: 'granted'; coupon: ToldCoupon }
  | { kind: 'confirming' }
  | { kind: 'sold-out' }
  | { kind: 'none' }
  | { kind: 'refused'; code: string }
  | { kind: 'unknown' }

/** All that the books say about one user and slot. */
export type Identity = {
  readonly userId: string
  /** The first yes. */
  granted?: ToldCoupon
  last?: Told
  /** Told sold out without having been told yes before. */
  wasSoldOut: boolean
  readonly rows: LedgerRow[]
  readonly records: Logged[]
  won?: GateWinner
}

const isSame = (left: ToldCoupon, right: ToldCoupon): boolean =>
  left.couponId === right.couponId &&
  left.campaignId === right.campaignId &&
  left.userId === right.userId &&
  left.slot === right.slot &&
  left.rank === right.rank

/** A coupon in the words of an example. */
export const describeCoupon = (coupon: ToldCoupon): string =>
  `coupon ${coupon.couponId} of ${coupon.userId}, slot ${coupon.slot}, rank ${coupon.rank}`

const describeRows = (rows: readonly LedgerRow[]): string =>
  rows.length === 0 ? 'no row' : rows.map((row) => `a row with ${describeCoupon(row)}`).join(' and ')

const isOpen = (told: Told): boolean => told.kind === 'unknown' || told.kind === 'confirming'

/** Adds an answer to what was said before, and checks that it does not take it back. */
export const hear = (identity: Identity, told: Told, tallies: Tallies): void => {
  const { userId, granted } = identity
  identity.last = told
  if (granted === undefined) {
    if (told.kind === 'granted' && identity.wasSoldOut)
      tallies.soldOutIsFinal.broken(() => `${userId} was told sold out, then ${describeCoupon(told.coupon)}`)
    if (told.kind === 'granted') identity.granted = told.coupon
    if (told.kind === 'sold-out') identity.wasSoldOut = true
    return
  }
  // No answer takes nothing back, and promises nothing.
  if (told.kind === 'unknown') return
  tallies.sameAnswerAgain.looked()
  if (told.kind !== 'granted')
    tallies.sameAnswerAgain.broken(() => `${userId} was told ${describeCoupon(granted)}, then ${told.kind}`)
  else if (!isSame(told.coupon, granted))
    tallies.sameAnswerAgain.broken(
      () => `${userId} was told ${describeCoupon(granted)}, then ${describeCoupon(told.coupon)}`,
    )
}

const checkWin = (
  identity: Identity,
  coupon: ToldCoupon,
  tallies: Tallies,
  isLedgerComplete: boolean,
): void => {
  const { rows } = identity
  tallies.noLostWin.looked()
  if (rows.some((row) => isSame(row, coupon))) return
  const example = (): string => `${identity.userId} was told ${describeCoupon(coupon)}: ${describeRows(rows)}`
  if (rows.length === 0 && !isLedgerComplete) tallies.noLostWin.inFlight(example)
  else tallies.noLostWin.broken(example)
}

/** Without a yes there must be no row, unless the answer is still open. */
const checkNoWin = (identity: Identity, tallies: Tallies): void => {
  const { userId, last, wasSoldOut, rows } = identity
  if (wasSoldOut) tallies.soldOutIsFinal.looked()
  if (rows.length === 0) return
  const example = (): string => `${userId} was told ${last?.kind ?? 'nothing'}: ${describeRows(rows)}`
  if (wasSoldOut) tallies.soldOutIsFinal.broken(example)
  else if (last !== undefined && isOpen(last)) tallies.nobodyUnaware.inFlight(example)
  else tallies.nobodyUnaware.broken(example)
}

/**
 * Whether a user got through to the gate: `through` for certain, `pending` when it granted them something that is not in the
 * ledger yet, `open` while nobody can say, `out` when they were refused before it, or never pressed.
 */
export type Reach = 'through' | 'pending' | 'open' | 'out'

/** Compares all that was said about one user and slot. */
export const checkIdentity = (identity: Identity, tallies: Tallies, isLedgerComplete: boolean): Reach => {
  const { userId, granted, last, rows } = identity
  if (granted === undefined) checkNoWin(identity, tallies)
  else checkWin(identity, granted, tallies, isLedgerComplete)
  if (rows.length > 0) {
    tallies.onePerUserAndSlot.looked()
    tallies.nobodyUnaware.looked()
  }
  if (rows.length > 1)
    tallies.onePerUserAndSlot.broken(() => `${userId} has ${describeRows(rows)}`, rows.length - 1)

  if (last === undefined) return 'out'
  tallies.everybodyAnswered.looked()
  if (granted !== undefined || identity.wasSoldOut) return 'through'
  if (!isOpen(last)) return 'out'
  tallies.everybodyAnswered.inFlight(() => `${userId}: the last answer was ${last.kind}`)
  if (rows.length > 0) return 'through'
  return last.kind === 'confirming' ? 'pending' : 'open'
}
