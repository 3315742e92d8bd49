import { z } from 'zod'

/** Form of campaign and coupon ids: UUIDv7 in lower case. Clients treat them as opaque. */
export const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Form of a user id: 1 to 64 characters that need no escaping in JSON, a Redis key or a log record. */
export const userIdPattern = /^[A-Za-z0-9._~@|:+-]{1,64}$/

/** Maximum number of coupons per user in one campaign. */
export const slotMax = 10

/** Maximum stock of one campaign. */
export const stockMax = 10_000_000

/** One coupon that the gate granted to a user and slot. `rank` is its position in gate order, from 1. */
export type Grant = {
  couponId: string
  campaignId: string
  userId: string
  slot: number
  rank: number
  epoch: number
  grantedAtMs: number
}

/** A grant that the log and the ledger can hold. */
export const grantShape = z.object({
  couponId: z.string().regex(idPattern),
  campaignId: z.string().regex(idPattern),
  userId: z.string().regex(userIdPattern),
  slot: z.int().min(1).max(slotMax),
  rank: z.int().min(1).max(4_294_967_295),
  epoch: z.int().min(1).max(4_294_967_295),
  grantedAtMs: z.int().min(0),
})
