import { idPattern } from '../../coupon/grant.ts'
import type { CouponReader } from '../../coupon/reading/coupon-reader.ts'
import type { Authenticator } from '../authenticator.ts'
import { toCouponJson } from '../contract/answers.ts'
import { encodeCursor, readPage } from '../contract/page.ts'
import { jsonResponse, noStoreHeaders } from '../json-response.ts'
import { invalidProblem, problem } from '../problem.ts'
import type { Route } from '../route.ts'

/** The wait of a client before it asks again for an outcome that is not final. */
const retryAfterMs = 1_000

/** `listUsableCoupons`: the caller's coupons that are usable now, newest first. */
export const listUsableCouponsRoute = (coupons: CouponReader, authenticator: Authenticator): Route => ({
  method: 'GET',
  path: '/v1/coupons',
  // safeguard: reads of the database have a lane of their own
  lane: 'ledger',
  caller: 'shopper',
  handle: authenticator.requireShopper(async (context, userId) => {
    const page = readPage(context)
    if (Array.isArray(page)) return invalidProblem(page)
    const list = await coupons.usable(userId, page.beforeId, page.limit)
    const last = list.coupons.at(-1)
    const nextCursor = list.more && last !== undefined ? encodeCursor(last.grant.couponId) : null
    return jsonResponse(
      { items: list.coupons.map(toCouponJson), nextCursor, complete: list.complete },
      200,
      noStoreHeaders,
    )
  }),
})

/** One coupon of the caller. A coupon of another user is 404. */
export const couponRoute = (coupons: CouponReader, authenticator: Authenticator): Route => ({
  method: 'GET',
  path: '/v1/coupons/:couponId',
  lane: 'ledger',
  caller: 'shopper',
  handle: authenticator.requireShopper(async (context, userId) => {
    const couponId = context.req.param('couponId') ?? ''
    const coupon = idPattern.test(couponId) ? await coupons.one(couponId, userId) : undefined
    return coupon === undefined
      ? problem('unknown-coupon', 'You have no coupon with this id.')
      : jsonResponse(toCouponJson(coupon), 200, noStoreHeaders)
  }),
})

/** The outcome of the caller's issue, to which the Location of 201 and 202 points. */
export const outcomeRoute = (coupons: CouponReader, authenticator: Authenticator): Route => ({
  method: 'GET',
  path: '/v1/campaigns/:campaignId/coupons/mine',
  // A gate answers it. Only of a retired campaign the ledger is asked.
  lane: 'read',
  caller: 'shopper',
  handle: authenticator.requireShopper(async (context, userId) => {
    const outcome = await coupons.outcome(context.req.param('campaignId') ?? '', userId)
    switch (outcome.kind) {
      case 'unknown-campaign':
        return problem('unknown-campaign', 'No live campaign has this id.')
      case 'granted':
        return jsonResponse(
          { outcome: 'granted', coupons: outcome.coupons.map(toCouponJson) },
          200,
          noStoreHeaders,
        )
      case 'none':
        return jsonResponse({ outcome: 'none', coupons: [] }, 200, noStoreHeaders)
      case 'confirming':
        return jsonResponse(
          { outcome: 'confirming', coupons: outcome.coupons.map(toCouponJson), retryAfterMs },
          200,
          noStoreHeaders,
        )
      case 'recovering':
        return jsonResponse({ outcome: 'recovering', coupons: [], retryAfterMs }, 200, noStoreHeaders)
    }
  }),
})
