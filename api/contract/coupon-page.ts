import { z } from 'zod'
import { type ListedState, listedStates } from '../../coupon/coupon-state.ts'
import type { FieldError } from '../problem.ts'
import type { HttpContext } from '../route.ts'
import { type Page, pageQuery, readPage } from './page.ts'
import { readParameter } from './query-parameter.ts'

/** The parameters of a list of coupons. */
export const couponPageQuery = (stateDefault: ListedState) => ({
  ...pageQuery,
  state: z
    .enum(listedStates)
    .default(stateDefault)
    .describe(
      '`usable`: those that can be used now. `all`: every one that was granted, also expired, redeemed and revoked ones.',
    ),
})

/** Reads `state`, `limit` and `cursor` of a list of coupons, or returns what is invalid. */
export const readCouponPage = (
  context: HttpContext,
  stateDefault: ListedState,
): (Page & { state: ListedState }) | FieldError[] => {
  const text = readParameter(context, 'state') ?? stateDefault
  const page = readPage(context)
  const state = listedStates.find((one) => one === text)
  if (state !== undefined) return Array.isArray(page) ? page : { ...page, state }
  const wrong = { pointer: '/state', message: `expected one of ${listedStates.join(', ')}` }
  return [wrong, ...(Array.isArray(page) ? page : [])]
}
