import { createRateLimiter, noToken, type RateLimiter } from '../platform/http/rate-limiter.ts'
import { prepareProblem } from './problem.ts'

/** Seconds in which a caller who rested may spend what it gets in them. */
const windowSeconds = 5

/** How fast one kind of caller may ask, and the answer to one who asks faster. */
export type RateLimit = RateLimiter & { refuse(): Response }

/**
 * A limit for each address or each user, `undefined` when `perSecond` is 0. A caller gets a token every part
 * of a second, so the Retry-After of every problem is long enough.
 */
export const createRateLimit = (
  caller: 'address' | 'user',
  { perSecond, slots }: { perSecond: number; slots: number },
): RateLimit | undefined => {
  if (perSecond === 0) return undefined
  const burst = perSecond * windowSeconds
  const refuse = prepareProblem(
    'rate-limited',
    `Too many requests of this ${caller} in a short time. Nothing was done; try again.`,
    {
      // draft-ietf-httpapi-ratelimit-headers-11, on refusals alone: other answers would pay for it too.
      headers: {
        'RateLimit-Policy': `"${caller}";q=${burst};w=${windowSeconds}`,
        RateLimit: `"${caller}";r=0;t=1`,
      },
    },
  )
  return { ...createRateLimiter({ perSecond, burst, slots }), refuse }
}

/** Charges users for their requests. Without a limit nobody is charged. */
export type UserCharges = {
  /** The token of this request, or the refusal. */
  charge(userId: string): number | Response
  /** Called for a request that was an answer to a winner: those are never charged. */
  giveBack(token: number): void
}

/** The charges of a limit. `onRefused` is called with each refusal. */
export const createUserCharges = (limit: RateLimit | undefined, onRefused: () => void): UserCharges => {
  if (limit === undefined) return { charge: () => noToken, giveBack: () => {} }
  return {
    charge(userId) {
      const token = limit.take(userId, performance.now())
      if (token !== noToken) return token
      onRefused()
      return limit.refuse()
    },
    giveBack: limit.giveBack,
  }
}
