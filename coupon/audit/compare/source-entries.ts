import type { Grant } from '../../grant.ts'

/** A row of the ledger. */
export type LedgerRow = Omit<Grant, 'grantedAtMs'>

/** A coupon as a client was shown it. */
export type ShownCoupon = Omit<LedgerRow, 'epoch'>

/** A record of the log, and what its place in the log says about it. */
export type PlacedRecord = LedgerRow & {
  /** It lies at or beyond the cut of its epoch, which is over: it needs no row. */
  isLate: boolean
  /** The ledger's position is past it. */
  isPassed: boolean
  /** It was in the log before the gate was read, so the gate has to know it. */
  isBeforeGate: boolean
}

/**
 * One answer to one user about one slot. `none`: the armed gate granted nothing. `refused`: another final
 * rejection (closed, paused, ...). `unknown`: everything that leaves it open, as no answer, overloaded,
 * recovering and unavailable do.
 */
export type ClientAnswer =
  | { kind: 'granted'; coupon: ShownCoupon }
  | { kind: 'confirming' }
  | { kind: 'sold-out' }
  | { kind: 'none' }
  | { kind: 'refused'; code: string }
  | { kind: 'unknown' }

/** An answer, and the user and slot that it was about. */
export type GivenAnswer = { userId: string; slot: number; answer: ClientAnswer }

/** Whether both are the same coupon, with the same owner and rank. */
export const isSameCoupon = (left: ShownCoupon, right: ShownCoupon): boolean =>
  left.couponId === right.couponId &&
  left.campaignId === right.campaignId &&
  left.userId === right.userId &&
  left.slot === right.slot &&
  left.rank === right.rank

/** A coupon in the words of an example. */
export const describeCoupon = (coupon: Omit<ShownCoupon, 'campaignId'>): string =>
  `coupon ${coupon.couponId} of ${coupon.userId}, slot ${coupon.slot}, rank ${coupon.rank}`
