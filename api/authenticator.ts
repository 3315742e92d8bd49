import { hash, timingSafeEqual } from 'node:crypto'
import { userIdPattern } from '../coupon/grant.ts'
import { createTokenVerifier, type TokenVerifierOptions } from '../platform/http/token.ts'
import { prepareProblem } from './problem.ts'
import { type Handler, type HttpContext, headerOf } from './route.ts'

/** Protects routes. Neither credential is accepted on the routes of the other. */
export type Authenticator = {
  /** Admits shoppers (Bearer JWT, `sub` is the user id); answers 401 to all others. */
  requireShopper(
    handle: (
      context: HttpContext,
      userId: string,
      claims: Readonly<Record<string, unknown>>,
    ) => Response | Promise<Response>,
  ): Handler
  /** Admits operators (Bearer, the token of the operators); answers 401 to all others. */
  requireOperator(handle: Handler): Handler
}

export type AuthenticatorOptions = { shoppers: TokenVerifierOptions; adminToken: string }

const bearerOf = (context: HttpContext): string | undefined => {
  const header = headerOf(context, 'authorization')
  return header?.slice(0, 7).toLowerCase() === 'bearer ' ? header.slice(7).trim() : undefined
}

const digest = (text: string): Buffer => hash('sha256', text, 'buffer')

/** A token came and is no good. RFC 6750, section 3.1: a request without one gets no error code. */
const invalidToken = { headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } }

const noShopperToken = prepareProblem('unauthorized', 'Send a shopper token: Authorization: Bearer <JWT>.')
const badSubject = prepareProblem(
  'unauthorized',
  'The subject of the token must have 1 to 64 characters of A-Z a-z 0-9 . _ ~ @ | : + -',
  invalidToken,
)
const askForOperator = 'Send the operator token: Authorization: Bearer <token>.'
const noOperatorToken = prepareProblem('unauthorized', askForOperator)
const badOperatorToken = prepareProblem('unauthorized', askForOperator, invalidToken)

export const createAuthenticator = (options: AuthenticatorOptions): Authenticator => {
  const verify = createTokenVerifier(options.shoppers)
  const operator = digest(options.adminToken)
  // The reasons of a verifier are a few texts.
  const badTokens = new Map<string, () => Response>()
  const badToken = (reason: string): Response => {
    const known = badTokens.get(reason) ?? prepareProblem('unauthorized', reason, invalidToken)
    badTokens.set(reason, known)
    return known()
  }

  return {
    requireShopper: (handle) => (context) => {
      const token = bearerOf(context)
      if (token === undefined) return noShopperToken()
      const verdict = verify(token)
      if (verdict.kind === 'refused') return badToken(verdict.reason)
      if (!userIdPattern.test(verdict.userId)) return badSubject()
      return handle(context, verdict.userId, verdict.claims)
    },
    requireOperator: (handle) => (context) => {
      const token = bearerOf(context)
      if (token !== undefined && timingSafeEqual(digest(token), operator)) return handle(context)
      return token === undefined ? noOperatorToken() : badOperatorToken()
    },
  }
}
