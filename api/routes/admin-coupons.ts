import { idPattern, userIdPattern } from '../../coupon/grant.ts'
import type { RecordedCoupon } from '../../coupon/ledger/recorded-coupons.ts'
import type { RedemptionRepository } from '../../coupon/ledger/redemptions.ts'
import type { CouponReader } from '../../coupon/reading/coupon-reader.ts'
import type { CouponRedeemer, NoRow } from '../../coupon/redemption/redeemer.ts'
import { msSinceArrival } from '../../platform/http/arrival.ts'
import type { Authenticator } from '../authenticator.ts'
import { couponPageQuery, readCouponPage } from '../contract/coupon-page.ts'
import { couponListShape } from '../contract/coupon-shapes.ts'
import { fieldErrors } from '../contract/field-errors.ts'
import { withJson } from '../contract/json-body.ts'
import { revocationShape, supportCouponShape, toSupportCouponJson } from '../contract/support-shapes.ts'
import { jsonResponse, noStoreHeaders } from '../json-response.ts'
import { noRowProblem } from '../no-row-problem.ts'
import { invalidProblem, prepareInvalidProblem } from '../problem.ts'
import type { Route } from '../route.ts'
import { type AddressOf, changeOriginOf } from './change-origin.ts'
import { toListJson } from './coupons.ts'

export type SupportOptions = {
  coupons: CouponReader
  redeemer: CouponRedeemer
  redemptions: Pick<RedemptionRepository, 'history'>
  authenticator: Authenticator
  gateNowMs(): number
  addressOf: AddressOf
}

const invalidUser = prepareInvalidProblem([
  { pointer: '/userId', message: 'expected 1 to 64 characters of A-Z a-z 0-9 . _ ~ @ | : + -' },
])

/** The routes by which support looks up coupons, and revokes them. */
export const supportRoutes = (options: SupportOptions): Route[] => {
  const { coupons, redeemer, redemptions, authenticator, gateNowMs } = options

  const answer = async (found: RecordedCoupon | NoRow): Promise<Response> => {
    if ('kind' in found) return noRowProblem(found.kind, 'operator')
    const document = toSupportCouponJson(found, await redemptions.history(found), gateNowMs())
    return jsonResponse(document, 200, noStoreHeaders)
  }
  const lookUp = { lane: 'ledger', caller: 'viewer' } as const
  const problems = ['unknown-coupon', 'not-recorded-yet', 'unavailable'] as const

  return [
    {
      ...{ ...lookUp, method: 'GET', path: '/v1/admin/users/:userId/coupons' },
      operation: {
        id: 'listCouponsOfUser',
        summary: 'The coupons of a shopper, newest first',
        query: couponPageQuery('all'),
        answers: { 200: { description: 'A page of them.', schema: couponListShape } },
        problems: ['invalid', 'unavailable'],
      },
      handle: authenticator.requireRole('viewer', async (context) => {
        const userId = context.req.param('userId') ?? ''
        if (!userIdPattern.test(userId)) return invalidUser()
        const page = readCouponPage(context, 'all')
        if (Array.isArray(page)) return invalidProblem(page)
        const waitedMs = msSinceArrival(context.env.incoming)
        return jsonResponse(
          toListJson(await coupons.list(userId, { ...page, waitedMs })),
          200,
          noStoreHeaders,
        )
      }),
    },
    {
      ...{ ...lookUp, method: 'GET', path: '/v1/admin/coupons/:couponId' },
      operation: {
        id: 'readCouponForSupport',
        summary: 'A coupon of anybody, with what was done to it',
        answers: { 200: { description: 'The coupon.', schema: supportCouponShape } },
        problems,
      },
      handle: authenticator.requireRole('viewer', async (context) => {
        const couponId = context.req.param('couponId') ?? ''
        return answer(idPattern.test(couponId) ? await redeemer.find(couponId) : { kind: 'unknown-coupon' })
      }),
    },
    {
      ...{ ...lookUp, caller: 'operator', method: 'POST', path: '/v1/admin/coupons/:couponId/revocation' },
      operation: {
        id: 'revokeCoupon',
        summary: 'Revoke a coupon for good',
        description:
          'Also one that is redeemed: its order keeps it. Its owner cannot win another one. Revoking it again changes nothing, and the first reason stays.',
        body: revocationShape,
        answers: { 200: { description: 'It is revoked.', schema: supportCouponShape } },
        problems,
      },
      handle: authenticator.requireRole(
        'operator',
        withJson(async (context, document, operator) => {
          const parsed = revocationShape.safeParse(document)
          if (!parsed.success) return invalidProblem(fieldErrors(parsed.error.issues))
          const couponId = context.req.param('couponId') ?? ''
          if (!idPattern.test(couponId)) return answer({ kind: 'unknown-coupon' })
          const changer = { as: 'operator', ...changeOriginOf(context, operator, options.addressOf) } as const
          return answer(await redeemer.revoke(couponId, changer, parsed.data.reason))
        }),
      ),
    },
  ]
}
