import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { CouponChanger } from '../coupon/ledger/coupon-changes.ts'
import type { Authenticator } from './authenticator.ts'
import type { Handler, HttpContext } from './route.ts'

/** Who uses a coupon: its owner, or an order service, which may for anybody. */
export type CouponCaller = { as: 'shopper' | 'orders'; name: string }

/** Until operators have names. */
const ordersName = 'operator'

/**
 * Admits a shopper or an order service; answers 401 to all others. Until operators have roles, their token is
 * that of an order service.
 */
export const requireShopperOrOrders = (
  authenticator: Authenticator,
  handle: (context: HttpContext, caller: CouponCaller) => Promise<Response>,
): Handler => {
  const asOrders = authenticator.requireOperator((context) =>
    handle(context, { as: 'orders', name: ordersName }),
  )
  const asShopper = authenticator.requireShopper((context, userId) =>
    handle(context, { as: 'shopper', name: userId }),
  )
  return (context) => {
    const answer = asOrders(context)
    // Only a refusal comes without a wait.
    return answer instanceof Promise ? answer : asShopper(context)
  }
}

/** Whom the history of a coupon names. */
export const changerOf = (
  context: HttpContext,
  { as, by }: Pick<CouponChanger, 'as' | 'by'>,
  addressOf: (request: IncomingMessage) => string | undefined,
): CouponChanger => {
  const address = addressOf(context.env.incoming) ?? ''
  return { as, by, from: isIP(address) === 0 ? 'unknown' : address }
}
