/** Ids of campaigns and coupons: UUIDv7 in lower case, opaque to everyone else. */
export const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** What may stand for a user: 1 to 64 characters, none of which needs escaping in JSON, a key or a record. */
export const userIdPattern = /^[A-Za-z0-9._~@|:+-]{1,64}$/

/** Coupons that one user may hold of one campaign, at the most. */
export const slotMax = 10

/** Coupons of one campaign, at the most. */
export const stockMax = 10_000_000

/** The gate's yes: one coupon of one campaign for one user and slot. `rank` is its place in gate order, from 1. */
export type Grant = {
  couponId: string
  campaignId: string
  userId: string
  slot: number
  rank: number
  epoch: number
  grantedAtMs: number
}
