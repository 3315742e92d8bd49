import type { ShopperOrOperator } from './authenticator.ts'

/** Who uses a coupon: its owner, or an order service, which may for anybody. */
export type CouponCaller = { as: 'shopper' | 'orders'; name: string }

/** The caller of a route for shoppers and order services. */
export const couponCallerOf = (caller: ShopperOrOperator): CouponCaller =>
  caller.kind === 'shopper'
    ? { as: 'shopper', name: caller.userId }
    : { as: 'orders', name: caller.operator.name }
