import { createHash, timingSafeEqual } from 'node:crypto'
import { createTokenVerifier } from '../platform/http/token.ts'
import { userIdPattern } from '../coupon/grant.ts'
import { type Handler, headerOf, type HttpContext } from './route.ts'
import { problem } from './problem.ts'

/** Who calls. Neither credential opens the other's routes. */
export type Authenticator = {
  /** Lets a shopper through (Bearer JWT, `sub` is the user); everyone else is 401. */
  requireShopper(handle: (context: HttpContext, userId: string) => Response | Promise<Response>): Handler
  /** Lets an operator through (Bearer, the operators' token); everyone else is 401. */
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
          'The subject of the token must be 1 to 64 of A-Z a-z 0-9 . _ ~ @ | : + -',
        )
      return handle(context, userId)
    },
    requireOperator: (handle) => (context) => {
      const token = bearerOf(context)
      return token !== undefined && timingSafeEqual(digest(token), operator)
        ? handle(context)
        : problem('unauthorized', "Send the operators' token: Authorization: Bearer <token>.")
    },
  }
}
