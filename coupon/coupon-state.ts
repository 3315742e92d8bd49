import type { CouponTerms } from './campaign.ts'

/** A coupon as people read it. `confirming` is not yet a yes. */
export type CouponState = 'confirming' | 'usable' | 'redeemed' | 'expired' | 'revoked'

/** What became of a coupon that was granted. Only the ledger knows it; a gate does not. */
export type CouponUse = 'redeemed' | 'revoked'

/** The state of a coupon that is confirmed. What became of it counts before its time. */
export const confirmedState = (use: CouponUse | undefined, terms: CouponTerms, nowMs: number): CouponState =>
  use ?? (nowMs < terms.usableUntilMs ? 'usable' : 'expired')

/** What a list can be of. `usable` is what can be used now; `all` is what was ever granted. */
export const listedStates = ['usable', 'redeemed', 'expired', 'revoked', 'all'] as const
export type ListedState = (typeof listedStates)[number]

/** Form of an order id: 1 to 64 characters that mean the same in a path, in SQL and in a log line. */
export const orderIdPattern = /^[A-Za-z0-9_-]{1,64}$/

/** As what somebody changes a coupon: its owner, an order service, or an operator. */
export type CouponRole = 'shopper' | 'orders' | 'operator'
