import { createHash, timingSafeEqual } from 'node:crypto'
import { userIdPattern } from '../coupon/grant.ts'
import { createTokenVerifier } from '../platform/http/token.ts'
import { problem } from './problem.ts'
import { type Handler, type HttpContext, headerOf } from './route.ts'

/** Protects routes. Neither credential is accepted on the routes of the other. */
export type Authenticator = {
  /** Admits shoppers (Bearer JWT, `sub` is the user id); answers 401 to all others. */
  requireShopper(handle: (context: HttpContext, userId: string) => Response | Promise<Response>): Handler
  /** Admits operators (Bearer, the token of the operators); answers 401 to all others. */
  requireOperator(handle: Handler): Handler
}

const bearerOf = (context: HttpContext): string | undefined => {
  const header = headerOf(context, 'authorization')
  return header?.slice(0, 7).toLowerCase() === 'bearer ' ? header.slice(7).trim() : undefined
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

export const createAuthenticator = (options: { jwtSecret: string; adminToken: string }): Authenticator => {
  const verify = createTokenVerifier(options.jwtSecret)
  const operator = digest(options.adminToken)

  return {
    requireShopper: (handle) => (context) => {
      const token = bearerOf(context)
      if (token === undefined)
        return problem('unauthorized', 'Send a shopper token: Authorization: Bearer <JWT>.')
      const userId = verify(token)
      if (userId === undefined)
        return problem('unauthorized', 'The token is malformed, expired, or not signed for this server.')
      if (!userIdPattern.test(userId))
        return problem(
          'unauthorized',
          'The subject of the token must have 1 to 64 characters of A-Z a-z 0-9 . _ ~ @ | : + -',
        )
      return handle(context, userId)
    },
    requireOperator: (handle) => (context) => {
      const token = bearerOf(context)
      return token !== undefined && timingSafeEqual(digest(token), operator)
        ? handle(context)
        : problem('unauthorized', 'Send the operator token: Authorization: Bearer <token>.')
    },
  }
}
