/** A coupon as people read it. `confirming` is not yet a yes. */
export type CouponState = 'confirming' | 'usable' | 'redeemed' | 'expired' | 'revoked'

/** Form of an order id: 1 to 64 characters that mean the same in a path, in SQL and in a log line. */
export const orderIdPattern = /^[A-Za-z0-9_-]{1,64}$/

/** As what somebody changes a coupon: its owner, an order service, or an operator. */
export type CouponRole = 'shopper' | 'orders' | 'operator'
