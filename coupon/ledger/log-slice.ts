import type { Grant } from '../grant.ts'

/** A grant and its offset in its partition of the log. */
export type LoggedGrant = { offset: number; grant: Grant }

/** A record of the log, known again by 16 bytes of its digest (`coupon/log/record-digest.ts`). */
export type KnownRecord = { offset: number; digest: Buffer }

/** A part of one partition: its grants from `startOffset` up to, not including, `endOffset`. */
export type LogSlice = {
  partition: number
  startOffset: number
  endOffset: number
  grants: readonly LoggedGrant[]
  /** The last record of any kind below an offset of the slice; `undefined` when it has none there. */
  lastRecordBelow?(offset: number): KnownRecord | undefined
}
