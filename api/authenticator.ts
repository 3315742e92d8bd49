import { userIdPattern } from '../coupon/grant.ts'
import type { Operator, OperatorRole, OperatorToken } from '../coupon/operator.ts'
import { createTokenVerifier, type TokenVerifierOptions } from '../platform/http/token.ts'
import { createOperatorTokens } from './operator-tokens.ts'
import { prepareProblem } from './problem.ts'
import { type Handler, type HttpContext, headerOf } from './route.ts'

type Answer = Response | Promise<Response>

/** A shopper, or an operator who acts for one. */
export type ShopperOrOperator = { kind: 'shopper'; userId: string } | { kind: 'operator'; operator: Operator }

/** Protects routes. Neither credential is accepted on the routes of the other. */
export type Authenticator = {
  /** Admits shoppers (Bearer JWT, `sub` is the user id); answers 401 to all others. */
  requireShopper(handle: (context: HttpContext, userId: string) => Answer): Handler
  /**
   * Admits operators (Bearer, one of their tokens) who have the role. Answers 403 to other operators, and 401
   * to all others.
   */
  requireRole(role: OperatorRole, handle: (context: HttpContext, operator: Operator) => Answer): Handler
  /** Admits shoppers, and operators who have the role. */
  requireShopperOrRole(
    role: OperatorRole,
    handle: (context: HttpContext, caller: ShopperOrOperator) => Answer,
  ): Handler
}

export type AuthenticatorOptions = {
  shoppers: TokenVerifierOptions
  adminToken: string
  operatorTokens?: readonly OperatorToken[] | undefined
}

const bearerOf = (context: HttpContext): string | undefined => {
  const header = headerOf(context, 'authorization')
  return header?.slice(0, 7).toLowerCase() === 'bearer ' ? header.slice(7).trim() : undefined
}

/** A token came and is no good. RFC 6750, section 3.1: a request without one gets no error code. */
const invalidToken = { headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } }

const noShopperToken = prepareProblem('unauthorized', 'Send a shopper token: Authorization: Bearer <JWT>.')
const badSubject = prepareProblem(
  'unauthorized',
  'The subject of the token must have 1 to 64 characters of A-Z a-z 0-9 . _ ~ @ | : + -',
  invalidToken,
)
const askForOperator = 'Send an operator token: Authorization: Bearer <token>.'
const noOperatorToken = prepareProblem('unauthorized', askForOperator)
const badOperatorToken = prepareProblem('unauthorized', askForOperator, invalidToken)

/** Written once for each role: RFC 6750 names the error of a good token that may not do this. */
const prepareForbidden = (role: OperatorRole): (() => Response) =>
  prepareProblem('forbidden', `This needs an operator token with the role ${role}.`, {
    headers: { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' },
  })

export const createAuthenticator = (options: AuthenticatorOptions): Authenticator => {
  const verify = createTokenVerifier(options.shoppers)
  const findOperator = createOperatorTokens(options.adminToken, options.operatorTokens ?? [])
  // The reasons of a verifier are a few texts.
  const badTokens = new Map<string, () => Response>()
  const badToken = (reason: string): Response => {
    const known = badTokens.get(reason) ?? prepareProblem('unauthorized', reason, invalidToken)
    badTokens.set(reason, known)
    return known()
  }
  const requireShopper: Authenticator['requireShopper'] = (handle) => (context) => {
    const token = bearerOf(context)
    if (token === undefined) return noShopperToken()
    const verdict = verify(token)
    if (verdict.kind === 'refused') return badToken(verdict.reason)
    if (!userIdPattern.test(verdict.userId)) return badSubject()
    return handle(context, verdict.userId)
  }

  return {
    requireShopper,
    requireRole(role, handle) {
      const forbidden = prepareForbidden(role)
      return (context) => {
        const token = bearerOf(context)
        if (token === undefined) return noOperatorToken()
        const operator = findOperator(token)
        if (operator === undefined) return badOperatorToken()
        return operator.roles.includes(role) ? handle(context, operator) : forbidden()
      }
    },
    requireShopperOrRole(role, handle) {
      const forbidden = prepareForbidden(role)
      const forShopper = requireShopper((context, userId) => handle(context, { kind: 'shopper', userId }))
      return (context) => {
        const operator = findOperator(bearerOf(context) ?? '')
        if (operator === undefined) return forShopper(context)
        return operator.roles.includes(role) ? handle(context, { kind: 'operator', operator }) : forbidden()
      }
    },
  }
}
