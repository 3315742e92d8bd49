import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { CouponChanger } from '../coupon/ledger/coupon-changes.ts'
import type { Authenticator } from './authenticator.ts'
import type { Handler, HttpContext } from './route.ts'

/** Who uses a coupon: its owner, or an order service, which may for anybody. */
export type CouponCaller = { as: 'shopper' | 'orders'; name: string }

/** Admits a shopper, or an operator with the role of an order service. */
export const requireShopperOrOrders = (
  authenticator: Authenticator,
  handle: (context: HttpContext, caller: CouponCaller) => Promise<Response>,
): Handler =>
  authenticator.requireShopperOrRole('orders', (context, caller) =>
    handle(
      context,
      caller.kind === 'shopper'
        ? { as: 'shopper', name: caller.userId }
        : { as: 'orders', name: caller.operator.name },
    ),
  )

/** Whom the history of a coupon names. */
export const changerOf = (
  context: HttpContext,
  { as, by }: Pick<CouponChanger, 'as' | 'by'>,
  addressOf: (request: IncomingMessage) => string | undefined,
): CouponChanger => {
  const address = addressOf(context.env.incoming) ?? ''
  return { as, by, from: isIP(address) === 0 ? 'unknown' : address }
}
