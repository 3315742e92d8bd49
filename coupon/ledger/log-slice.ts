import type { Grant } from '../grant.ts'

/** A grant and its offset in its partition of the log. */
export type LoggedGrant = { offset: number; grant: Grant }

/** A part of one partition: its grants from `startOffset` up to, not including, `endOffset`. */
export type LogSlice = {
  partition: number
  startOffset: number
  endOffset: number
  grants: readonly LoggedGrant[]
}
