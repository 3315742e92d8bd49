import { ApiError } from './api-error.ts'
import type {
  Coupon,
  CouponList,
  CouponTerms,
  Discount,
  Outcome,
  Problem,
  ProblemCode,
  PublicCampaign,
  Redemption,
} from './contract-types.ts'
import { type IssueOptions, type IssueResult, issueCoupon } from './issue-coupon.ts'
import { type AskedPage, queryOf } from './list-query.ts'
import { createServerClock, type ServerClock, type ServerNow } from './server-clock.ts'
import { type CallOptions, type ClientOptions, createTransport } from './transport.ts'

export type {
  CallOptions,
  ClientOptions,
  Coupon,
  CouponList,
  CouponTerms,
  Discount,
  IssueOptions,
  IssueResult,
  Outcome,
  Problem,
  ProblemCode,
  PublicCampaign,
  Redemption,
  ServerNow,
}
export { ApiError }

/** One page of a list. */
export type PageOptions = CallOptions & AskedPage

/**
 * The API, as one shopper uses it. Each call makes several attempts where that is safe, and has a deadline.
 * All but `issue` throw an ApiError with the code of the problem.
 */
export type ShopperClient = ServerClock & {
  /** Presses the button. Resolves with what came of it, also when nobody knows. */
  issue(campaignId: string, options?: IssueOptions): Promise<IssueResult>
  /** What came of the presses so far. Only `none` says that they have no coupon. */
  outcome(campaignId: string, options?: CallOptions): Promise<Outcome>
  /** The coupons that are usable now, or those of another `state`, newest first. */
  listUsableCoupons(options?: PageOptions): Promise<CouponList>
  /** All of them, a page after the other. Throws when a page is not complete: there may be more. */
  usableCoupons(options?: PageOptions): AsyncGenerator<Coupon, void>
  coupon(couponId: string, options?: CallOptions): Promise<Coupon>
  /**
   * Uses a coupon for an order, which the shop names. The same order again is the same redemption. With the
   * token of an order service it may be the coupon of anybody.
   */
  redeem(couponId: string, orderId: string, options?: CallOptions): Promise<Redemption>
  /** Gives the coupon back when its order is cancelled. Safe to repeat. */
  giveBack(couponId: string, orderId: string, options?: CallOptions): Promise<void>
  /** The public facts, which may be a second old. Needs no token. */
  campaign(campaignId: string, options?: CallOptions): Promise<PublicCampaign>
  /** The clock by which campaigns open and close, in milliseconds since 1970. Needs no token. */
  time(options?: CallOptions): Promise<number>
}

const id = encodeURIComponent

/** A client of the API at `url`, for one shopper. */
export const createClient = (options: ClientOptions): ShopperClient => {
  const transport = createTransport(options)
  const get = <Body>(path: string, has: string, call?: CallOptions): Promise<Body> =>
    transport.ask<Body>({ method: 'GET', path, has }, call)

  const listUsableCoupons: ShopperClient['listUsableCoupons'] = ({ limit, cursor, state, ...call } = {}) =>
    get(`/v1/coupons${queryOf({ limit, cursor, state })}`, 'items', call)
  const redemption = (couponId: string, orderId: string): string =>
    `/v1/coupons/${id(couponId)}/redemptions/${id(orderId)}`

  return {
    ...createServerClock(transport),
    issue: (campaignId, call) => issueCoupon(transport, campaignId, call),
    outcome: (campaignId, call) => get(`/v1/campaigns/${id(campaignId)}/coupons/mine`, 'outcome', call),
    listUsableCoupons,
    async *usableCoupons(call = {}) {
      let { cursor = null } = call
      do {
        const page = await listUsableCoupons({ ...call, cursor })
        yield* page.items
        if (!page.complete) throw new Error('a source of coupons could not be read: there may be more')
        cursor = page.nextCursor
      } while (cursor !== null)
    },
    coupon: (couponId, call) => get(`/v1/coupons/${id(couponId)}`, 'rank', call),
    redeem: (couponId, orderId, call) =>
      transport.ask({ method: 'PUT', path: redemption(couponId, orderId), has: 'redeemedAt' }, call),
    giveBack: async (couponId, orderId, call) => {
      await transport.reply({ method: 'DELETE', path: redemption(couponId, orderId) }, call)
    },
    campaign: (campaignId, call) => get(`/v1/campaigns/${id(campaignId)}`, 'remaining', call),
    time: async (call) => (await get<{ nowMs: number }>('/v1/time', 'nowMs', call)).nowMs,
  }
}
