import type { Coupons } from '../../coupon/reading/coupons.ts'
import { idPattern } from '../../coupon/grant.ts'
import type { Callers } from '../caller.ts'
import { json, notStored, type Route } from '../http.ts'
import { encodeCursor, readPage } from '../contract/page.ts'
import { invalid, problem } from '../problem.ts'
import { couponShape } from '../contract/answers.ts'

/** How long a caller should wait before asking again for an outcome that is not final. */
const retryAfterMs = 1_000

/** `listUsableCoupons`: the caller's own, usable now, newest first. */
export const listUsableCouponsRoute = (coupons: Coupons, callers: Callers): Route => ({
  method: 'GET',
  path: '/v1/coupons',
  handle: callers.asShopper(async (context, userId) => {
    const page = readPage(context)
    if (Array.isArray(page)) return invalid(page)
    const list = await coupons.usable(userId, page.beforeId, page.limit)
    const last = list.coupons.at(-1)
    const nextCursor = list.more && last !== undefined ? encodeCursor(last.grant.couponId) : null
    return json({ items: list.coupons.map(couponShape), nextCursor, complete: list.complete }, 200, notStored)
  }),
})

/** One coupon of the caller; another's is 404. */
export const couponRoute = (coupons: Coupons, callers: Callers): Route => ({
  method: 'GET',
  path: '/v1/coupons/:couponId',
  handle: callers.asShopper(async (context, userId) => {
    const couponId = context.req.param('couponId') ?? ''
    const coupon = idPattern.test(couponId) ? await coupons.one(couponId, userId) : undefined
    return coupon === undefined
      ? problem('unknown-coupon', 'You hold no coupon with this id.')
      : json(couponShape(coupon), 200, notStored)
  }),
})

/** What became of the caller's issue: where 201 and 202 point. */
export const outcomeRoute = (coupons: Coupons, callers: Callers): Route => ({
  method: 'GET',
  path: '/v1/campaigns/:campaignId/coupons/mine',
  handle: callers.asShopper(async (context, userId) => {
    const outcome = await coupons.outcome(context.req.param('campaignId') ?? '', userId)
    switch (outcome.kind) {
      case 'unknown-campaign':
        return problem('unknown-campaign', 'There is no live campaign with this id.')
      case 'granted':
        return json({ outcome: 'granted', coupons: outcome.coupons.map(couponShape) }, 200, notStored)
      case 'none':
        return json({ outcome: 'none', coupons: [] }, 200, notStored)
      case 'confirming':
        return json(
          { outcome: 'confirming', coupons: outcome.coupons.map(couponShape), retryAfterMs },
          200,
          notStored,
        )
      case 'recovering':
        return json({ outcome: 'recovering', coupons: [], retryAfterMs }, 200, notStored)
    }
  }),
})
