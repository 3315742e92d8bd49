import type { Grant } from '../grant.ts'

/** A grant and where it lies in its partition of the log. */
export type LoggedGrant = { offset: number; grant: Grant }

/** Why a grant can not become a row; the reason class of its dead letter. */
export type RejectReason =
  | 'late'
  | 'unknown-campaign'
  | 'rank-taken'
  | 'slot-taken'
  | 'coupon-differs'
  | 'rank-above-stock'
export type RejectedGrant = LoggedGrant & { reason: RejectReason; message: string }

/** A stretch of one partition: its grants, from `startOffset` up to, not including, `endOffset`. */
export type LogSlice = {
  partition: number
  startOffset: number
  endOffset: number
  grants: readonly LoggedGrant[]
}
