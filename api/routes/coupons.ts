import type { CouponReader } from '../../coupon/reading/coupon-reader.ts'
import { idPattern } from '../../coupon/grant.ts'
import type { Authenticator } from '../authenticator.ts'
import { jsonResponse, noStoreHeaders, type Route } from '../route.ts'
import { encodeCursor, readPage } from '../contract/page.ts'
import { invalidProblem, problem } from '../problem.ts'
import { toCouponJson } from '../contract/answers.ts'

/** How long a caller should wait before asking again for an outcome that is not final. */
const retryAfterMs = 1_000

/** `listUsableCoupons`: the caller's own, usable now, newest first. */
export const listUsableCouponsRoute = (coupons: CouponReader, callers: Authenticator): Route => ({
  method: 'GET',
  path: '/v1/coupons',
  handle: callers.requireShopper(async (context, userId) => {
    const page = readPage(context)
    if (Array.isArray(page)) return invalidProblem(page)
    const list = await coupons.usable(userId, page.beforeId, page.limit)
    const last = list.coupons.at(-1)
    const nextCursor = list.more && last !== undefined ? encodeCursor(last.grant.couponId) : null
    return jsonResponse({ items: list.coupons.map(toCouponJson), nextCursor, complete: list.complete }, 200, noStoreHeaders)
  }),
})

/** One coupon of the caller; another's is 404. */
export const couponRoute = (coupons: CouponReader, callers: Authenticator): Route => ({
  method: 'GET',
  path: '/v1/coupons/:couponId',
  handle: callers.requireShopper(async (context, userId) => {
    const couponId = context.req.param('couponId') ?? ''
    const coupon = idPattern.test(couponId) ? await coupons.one(couponId, userId) : undefined
    return coupon === undefined
      ? problem('unknown-coupon', 'You hold no coupon with this id.')
      : jsonResponse(toCouponJson(coupon), 200, noStoreHeaders)
  }),
})

/** What became of the caller's issue: where 201 and 202 point. */
export const outcomeRoute = (coupons: CouponReader, callers: Authenticator): Route => ({
  method: 'GET',
  path: '/v1/campaigns/:campaignId/coupons/mine',
  handle: callers.requireShopper(async (context, userId) => {
    const outcome = await coupons.outcome(context.req.param('campaignId') ?? '', userId)
    switch (outcome.kind) {
      case 'unknown-campaign':
        return problem('unknown-campaign', 'There is no live campaign with this id.')
      case 'granted':
        return jsonResponse({ outcome: 'granted', coupons: outcome.coupons.map(toCouponJson) }, 200, noStoreHeaders)
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
