import { idPattern } from '../../coupon/grant.ts'
import type { CouponList, CouponReader, ListRequest } from '../../coupon/reading/coupon-reader.ts'
import { msSinceArrival } from '../../platform/http/arrival.ts'
import type { Authenticator } from '../authenticator.ts'
import { toCouponJson } from '../contract/answers.ts'
import { couponPageQuery, readCouponPage } from '../contract/coupon-page.ts'
import { couponListShape, couponShape, outcomeShape } from '../contract/coupon-shapes.ts'
import { ifNoneMatchValue, isNotModified, weakTagOf } from '../contract/entity-tag.ts'
import { encodeCursor } from '../contract/page.ts'
import { jsonResponse, noStoreHeaders } from '../json-response.ts'
import { invalidProblem, unknownCampaign, unknownCoupon } from '../problem.ts'
import { headerOf, type Route } from '../route.ts'

/**
 * The wait of a client before it asks again for an outcome that is not final. Random, so that those who press
 * together do not ask together.
 */
const waits = (): { refreshAfterMs: number; retryAfterMs: number } => {
  const refreshAfterMs = 1_000 + Math.floor(Math.random() * 500)
  return { refreshAfterMs, retryAfterMs: refreshAfterMs }
}

/** The cache of one caller may keep a list, and asks with its tag each time before it shows it. */
const revalidatedHeaders = {
  'Cache-Control': 'private, no-cache',
  'X-Content-Type-Options': 'nosniff',
  // What a route says takes the place of what `api/cors.ts` says of every answer.
  Vary: 'Authorization, Origin',
}

/** `CouponList` of docs/api.md. */
export const toListJson = ({ coupons, more, complete }: CouponList) => {
  const last = coupons.at(-1)
  const nextCursor = more && last !== undefined ? encodeCursor(last.grant.couponId) : null
  return { items: coupons.map(toCouponJson), nextCursor, complete }
}

const answerList = async (
  coupons: CouponReader,
  userId: string,
  page: Omit<ListRequest, 'waitedMs'>,
  { waitedMs, ifNoneMatch }: { waitedMs: number; ifNoneMatch: string | undefined },
): Promise<Response> => {
  const list = await coupons.list(userId, { ...page, waitedMs })
  const text = JSON.stringify(toListJson(list))
  const headers = { ...revalidatedHeaders, ETag: weakTagOf(text) }
  if (isNotModified(ifNoneMatch, headers.ETag)) return new Response(null, { status: 304, headers })
  return new Response(text, { status: 200, headers: { 'Content-Type': 'application/json', ...headers } })
}

/** `listUsableCoupons`: the caller's coupons that are usable now, or in another state, newest first. */
export const listUsableCouponsRoute = (coupons: CouponReader, authenticator: Authenticator): Route => ({
  method: 'GET',
  path: '/v1/coupons',
  // safeguard: reads of the database have a lane of their own
  lane: 'ledger',
  caller: 'shopper',
  operation: {
    id: 'listUsableCoupons',
    summary: "The caller's coupons that are usable now, newest first",
    query: couponPageQuery('usable'),
    headers: { 'If-None-Match': ifNoneMatchValue },
    answers: {
      200: { description: 'A page of them.', schema: couponListShape, headers: ['ETag'] },
      304: { description: 'The page is still the one with this tag.', headers: ['ETag'] },
    },
    problems: ['unavailable'],
  },
  handle: authenticator.requireShopper((context, userId) => {
    const page = readCouponPage(context, 'usable')
    if (Array.isArray(page)) return invalidProblem(page)
    return answerList(coupons, userId, page, {
      waitedMs: msSinceArrival(context.env.incoming),
      ifNoneMatch: headerOf(context, 'if-none-match'),
    })
  }),
})

const answerOne = async (coupons: CouponReader, userId: string, couponId: string): Promise<Response> => {
  const coupon = await coupons.one(couponId, userId)
  return coupon === undefined ? unknownCoupon() : jsonResponse(toCouponJson(coupon), 200, noStoreHeaders)
}

/** One coupon of the caller. A coupon of another user is 404. */
export const couponRoute = (coupons: CouponReader, authenticator: Authenticator): Route => ({
  method: 'GET',
  path: '/v1/coupons/:couponId',
  lane: 'ledger',
  caller: 'shopper',
  operation: {
    id: 'readCoupon',
    summary: 'One coupon of the caller',
    description: 'A coupon of another shopper is 404.',
    answers: { 200: { description: 'The coupon.', schema: couponShape } },
    problems: ['unknown-coupon', 'unavailable', 'recovering'],
  },
  handle: authenticator.requireShopper((context, userId) => {
    const couponId = context.req.param('couponId') ?? ''
    return idPattern.test(couponId) ? answerOne(coupons, userId, couponId) : unknownCoupon()
  }),
})

const answerOutcome = async (
  coupons: CouponReader,
  userId: string,
  campaignId: string,
): Promise<Response> => {
  const outcome = await coupons.outcome(campaignId, userId)
  switch (outcome.kind) {
    case 'unknown-campaign':
      return unknownCampaign()
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
        {
          outcome: 'confirming',
          coupons: outcome.coupons.map(toCouponJson),
          ...waits(),
        },
        200,
        noStoreHeaders,
      )
    case 'recovering':
      return jsonResponse({ outcome: 'recovering', coupons: [], ...waits() }, 200, noStoreHeaders)
  }
}

/** The outcome of the caller's issue, to which the Location of 201 and 202 points. */
export const outcomeRoute = (coupons: CouponReader, authenticator: Authenticator): Route => ({
  method: 'GET',
  path: '/v1/campaigns/:campaignId/coupons/mine',
  // A gate answers it. Only of a retired campaign the ledger is asked.
  lane: 'read',
  caller: 'shopper',
  operation: {
    id: 'readOutcome',
    summary: "The outcome of the caller's presses in this campaign",
    answers: { 200: { description: 'The outcome as it is known now.', schema: outcomeShape } },
    problems: ['unknown-campaign', 'unavailable', 'recovering'],
  },
  handle: authenticator.requireShopper((context, userId) => {
    const campaignId = context.req.param('campaignId') ?? ''
    return idPattern.test(campaignId) ? answerOutcome(coupons, userId, campaignId) : unknownCampaign()
  }),
})
