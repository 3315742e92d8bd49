import { createHash, timingSafeEqual } from 'node:crypto'
import { userIdPattern } from '../coupon/grant.ts'
import { createTokenVerifier, type TokenVerifierOptions } from '../platform/http/token.ts'
import { problem } from './problem.ts'
import { type Handler, type HttpContext, headerOf } from './route.ts'

/** Protects routes. Neither credential is accepted on the routes of the other. */
export type Authenticator = {
  /** Admits shoppers (Bearer JWT, `sub` is the user id); answers 401 to all others. */
  requireShopper(handle: (context: HttpContext, userId: string) => Response | Promise<Response>): Handler
  /** Admits operators (Bearer, the token of the operators); answers 401 to all others. */
  requireOperator(handle: Handler): Handler
}

export type AuthenticatorOptions = { shoppers: TokenVerifierOptions; adminToken: string }

const bearerOf = (context: HttpContext): string | undefined => {
  const header = headerOf(context, 'authorization')
  return header?.slice(0, 7).toLowerCase() === 'bearer ' ? header.slice(7).trim() : undefined
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** A token came and is no good. RFC 6750, section 3.1: a request without one gets no error code. */
const invalidToken = { headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } }

export const createAuthenticator = (options: AuthenticatorOptions): Authenticator => {
  const verify = createTokenVerifier(options.shoppers)
  const operator = digest(options.adminToken)

  return {
    requireShopper: (handle) => (context) => {
      const token = bearerOf(context)
      if (token === undefined)
        return problem('unauthorized', 'Send a shopper token: Authorization: Bearer <JWT>.')
      const verdict = verify(token)
      if (verdict.kind === 'refused') return problem('unauthorized', verdict.reason, invalidToken)
      if (!userIdPattern.test(verdict.userId))
        return problem(
          'unauthorized',
          'The subject of the token must have 1 to 64 characters of A-Z a-z 0-9 . _ ~ @ | : + -',
          invalidToken,
        )
      return handle(context, verdict.userId)
    },
    requireOperator: (handle) => (context) => {
      const token = bearerOf(context)
      if (token !== undefined && timingSafeEqual(digest(token), operator)) return handle(context)
      return problem(
        'unauthorized',
        'Send the operator token: Authorization: Bearer <token>.',
        token === undefined ? {} : invalidToken,
      )
    },
  }
}
