import type { LoggedGrant } from './log-slice.ts'

/** Why a grant cannot be stored; also the reason of its dead letter. */
export type RejectReason =
  | 'late'
  | 'unknown-campaign'
  | 'rank-taken'
  | 'slot-taken'
  | 'coupon-differs'
  | 'rank-above-stock'

/** A grant of the log that cannot be stored. */
export type RejectedGrant = LoggedGrant & { reason: RejectReason; message: string }
