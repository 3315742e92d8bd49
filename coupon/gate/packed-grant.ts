import type { Grant } from '../grant.ts'
import { replyDefect, wholeNumber } from './reply.ts'

/** A user and slot that may hold a coupon. */
export type Holder = { userId: string; slot: number }

/** A grant as the winners hash holds it: `couponId|rank|grantedAtMs|number`. */
export type PackedGrant = { couponId: string; rank: number; grantedAtMs: number; number: number }

/** Throws `defect` unless it has the four parts. */
export const parsePackedGrant = (script: string, packed: unknown): PackedGrant => {
  const parts = typeof packed === 'string' ? packed.split('|') : []
  const [couponId, rank, grantedAtMs, number] = parts
  if (parts.length !== 4 || couponId === undefined)
    throw replyDefect(script, 'expected a packed grant of four parts')
  return {
    couponId,
    rank: wholeNumber(script, rank),
    grantedAtMs: wholeNumber(script, grantedAtMs),
    number: wholeNumber(script, number),
  }
}

/** The grant of a holder. */
export const grantOf = (campaignId: string, epoch: number, holder: Holder, packed: PackedGrant): Grant => ({
  couponId: packed.couponId,
  campaignId,
  userId: holder.userId,
  slot: holder.slot,
  rank: packed.rank,
  epoch,
  grantedAtMs: packed.grantedAtMs,
})
