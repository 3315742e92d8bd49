import { createTokenVerifier } from '../../platform/http/token.ts'

/** The answer of a baseline to a press. */
export type BaselineAnswer = { status: number; headers: Record<string, string>; body: string }

const bearer = 'Bearer '
const refused: BaselineAnswer = {
  status: 401,
  headers: { 'Content-Type': 'application/json' },
  body: '{"code":"unauthorized"}',
}

/** Answers a press that came with this Authorization header. */
export type CouponAnswers = (authorization: string | undefined, campaignId: string) => BaselineAnswer

/**
 * Answers presses as the API answers winners, with the same token check and a document of the same size.
 * Nothing is granted, so a baseline costs what its web server costs.
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
  return (authorization, campaignId) => {
    const token = authorization?.startsWith(bearer) ? authorization.slice(bearer.length) : undefined
    const verdict = token === undefined ? undefined : verify(token)
    if (verdict?.kind !== 'user') return refused
    rank += 1
    const id = `00000000-0000-7000-8000-${String(rank).padStart(12, '0')}`
    const { userId } = verdict
    const issuedAt = new Date().toISOString()
    const coupon = { id, campaignId, userId, slot: 1, rank, state: 'usable', issuedAt, ...terms }
    return {
      status: 201,
      headers: {
        'Content-Type': 'application/json',
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
        Location: `/v1/campaigns/${campaignId}/coupons/mine`,
      },
      body: JSON.stringify(coupon),
    }
  }
}
