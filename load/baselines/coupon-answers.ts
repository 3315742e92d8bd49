import { createTokenVerifier } from '../../platform/http/token.ts'

/** The answer of a baseline. */
export type BaselineAnswer = { status: number; headers: Record<string, string>; body: string }

const bearer = 'Bearer '
const refused: BaselineAnswer = {
  status: 401,
  headers: { 'Content-Type': 'application/json' },
  body: '{"code":"unauthorized"}',
}

/** Answers a request that came with this Authorization header. */
export type CouponAnswers = {
  press(authorization: string | undefined, campaignId: string): BaselineAnswer
  /** A list of coupons. */
  list(authorization: string | undefined): BaselineAnswer
}

const noCampaign = '00000000-0000-7000-8000-000000000000'

/** Coupons of a list. */
const listed = 3

/**
 * Answers presses as the API answers winners, and lists as it answers them. The token check is the same, and
 * the size of the documents. Nothing is granted, so a baseline costs what its web server costs.
 */
export const createCouponAnswers = (jwtSecret: string): CouponAnswers => {
  const verify = createTokenVerifier({ secret: jwtSecret, leewayMs: 5_000, now: Date.now })
  const terms = {
    title: 'Ten percent off',
    discount: { kind: 'percent', value: 10 },
    usableFrom: new Date().toISOString(),
    usableUntil: new Date(Date.now() + 3_600_000).toISOString(),
  }
  let rank = 0
  const userOf = (authorization: string | undefined): string | undefined => {
    const token = authorization?.startsWith(bearer) ? authorization.slice(bearer.length) : undefined
    const verdict = token === undefined ? undefined : verify(token)
    return verdict?.kind === 'user' ? verdict.userId : undefined
  }
  const nextCoupon = (userId: string, campaignId: string) => {
    rank += 1
    const id = `00000000-0000-7000-8000-${String(rank).padStart(12, '0')}`
    const issuedAt = new Date().toISOString()
    return { id, campaignId, userId, slot: 1, rank, state: 'usable', issuedAt, ...terms }
  }
  return {
    press(authorization, campaignId) {
      const userId = userOf(authorization)
      if (userId === undefined) return refused
      return {
        status: 201,
        headers: {
          'Content-Type': 'application/json',
          'Cache-Control': 'no-store',
          'X-Content-Type-Options': 'nosniff',
          Location: `/v1/campaigns/${campaignId}/coupons/mine`,
        },
        body: JSON.stringify(nextCoupon(userId, campaignId)),
      }
    },
    list(authorization) {
      const userId = userOf(authorization)
      if (userId === undefined) return refused
      const items = Array.from({ length: listed }, () => nextCoupon(userId, noCampaign))
      return {
        status: 200,
        headers: {
          'Content-Type': 'application/json',
          'Cache-Control': 'private, no-cache',
          'X-Content-Type-Options': 'nosniff',
          Vary: 'Authorization, Origin',
        },
        body: JSON.stringify({ items, nextCursor: null, complete: true }),
      }
    },
  }
}
