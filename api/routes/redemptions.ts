import { orderIdPattern } from '../../coupon/coupon-state.ts'
import { idPattern } from '../../coupon/grant.ts'
import type { NotRedeemed, Redeemed, RedemptionRequest } from '../../coupon/ledger/redemptions.ts'
import type { CouponRedeemer, NoRow } from '../../coupon/redemption/redeemer.ts'
import type { Authenticator } from '../authenticator.ts'
import { formatTime, toRedemptionJson } from '../contract/answers.ts'
import { redemptionShape } from '../contract/coupon-shapes.ts'
import { type CouponCaller, couponCallerOf } from '../coupon-caller.ts'
import { jsonResponse, noStoreHeaders } from '../json-response.ts'
import { noRowProblem } from '../no-row-problem.ts'
import { prepareInvalidProblem, prepareProblem, problem } from '../problem.ts'
import type { Handler, HttpContext, Route } from '../route.ts'
import { type AddressOf, changeOriginOf } from './change-origin.ts'

export type RedemptionRoutesOptions = {
  redeemer: CouponRedeemer
  authenticator: Authenticator
  addressOf: AddressOf
}

const path = '/v1/coupons/:couponId/redemptions/:orderId'

const invalidOrder = prepareInvalidProblem([
  { pointer: '/orderId', message: 'expected 1 to 64 characters of A-Z a-z 0-9 _ -' },
])
const byOrders = prepareProblem(
  'redeemed-by-shop',
  'The shop redeemed this coupon for this order. Only the shop can give it back.',
)

const toAnswer = (outcome: Redeemed | NotRedeemed | NoRow, { as }: CouponCaller): Response => {
  switch (outcome.kind) {
    case 'redeemed':
      return jsonResponse(toRedemptionJson(outcome), outcome.isNew ? 201 : 200, noStoreHeaders)
    case 'already-redeemed':
      return problem('already-redeemed', 'This coupon is redeemed for another order.', {
        // A shopper may see this of an order that is not theirs.
        fields: as === 'orders' ? { orderId: outcome.orderId } : {},
      })
    case 'not-usable-yet': {
      const usableFrom = formatTime(outcome.usableFromMs)
      return problem('not-usable-yet', `This coupon is usable from ${usableFrom}.`, {
        fields: { usableFrom },
      })
    }
    case 'expired': {
      const usableUntil = formatTime(outcome.usableUntilMs)
      return problem('expired', `This coupon was usable until ${usableUntil}.`, { fields: { usableUntil } })
    }
    case 'revoked':
      return problem('revoked', 'This coupon was revoked.')
    case 'changed-too-often':
      return problem('changed-too-often', 'This coupon was redeemed and given back too often.')
    case 'unknown-coupon':
    case 'confirming':
    case 'not-recorded-yet':
      return noRowProblem(outcome.kind, as)
  }
}

/** Uses a coupon for an order, and gives it back when the order is cancelled. */
export const redemptionRoutes = ({
  redeemer,
  authenticator,
  addressOf,
}: RedemptionRoutesOptions): Route[] => {
  const handle = (answer: (request: RedemptionRequest, caller: CouponCaller) => Promise<Response>): Handler =>
    authenticator.requireShopperOrRole('orders', async (context: HttpContext, admitted) => {
      const caller = couponCallerOf(admitted)
      const couponId = context.req.param('couponId') ?? ''
      const orderId = context.req.param('orderId') ?? ''
      if (!idPattern.test(couponId)) return noRowProblem('unknown-coupon', caller.as)
      if (!orderIdPattern.test(orderId)) return invalidOrder()
      const changer = { as: caller.as, ...changeOriginOf(context, caller, addressOf) }
      const ownerId = caller.as === 'shopper' ? caller.name : undefined
      return answer({ couponId, orderId, ownerId, changer }, caller)
    })
  // The database decides, so a redemption holds up no press while the database stands still.
  const route = { path, lane: 'ledger', caller: 'shopper or orders' } as const
  const description =
    'A shopper does this with the own coupons, an order service with that of anybody. No body is read.'
  const unknown = ['unknown-coupon', 'invalid', 'recovering', 'unavailable'] as const

  return [
    {
      ...{ ...route, method: 'PUT' },
      operation: {
        ...{ id: 'redeemCoupon', summary: 'Use a coupon for an order', description },
        answers: {
          201: { description: 'It is used for this order from now on.', schema: redemptionShape },
          200: { description: 'It was used for this order before.', schema: redemptionShape },
        },
        problems: [
          ...unknown,
          ...(['already-redeemed', 'not-usable-yet', 'expired', 'revoked', 'changed-too-often'] as const),
          ...(['confirming', 'not-recorded-yet'] as const),
        ],
      },
      handle: handle(async (request, caller) => toAnswer(await redeemer.redeem(request), caller)),
    },
    {
      ...{ ...route, method: 'DELETE' },
      operation: {
        ...{ id: 'giveBackCoupon', summary: 'Give back the coupon of an order', description },
        answers: { 204: { description: 'It is not used for this order (any more).' } },
        problems: [...unknown, 'redeemed-by-shop'],
      },
      handle: handle(async (request, caller) => {
        const { kind } = await redeemer.giveBack(request)
        if (kind === 'unknown-coupon') return noRowProblem(kind, caller.as)
        return kind === 'by-orders'
          ? byOrders()
          : new Response(null, { status: 204, headers: noStoreHeaders })
      }),
    },
  ]
}
