import { userIdPattern } from '../coupon/grant.ts'
import type { Operator, OperatorRole, OperatorToken } from '../coupon/operator.ts'
import { type Claims, expiryOf, type TokenVerdict } from '../platform/tokens/token-claims.ts'
import { type GatewayOptions, type GatewayUser, readGatewayUser } from './gateway-user.ts'
import { createOperatorTokens } from './operator-tokens.ts'
import { prepareProblem } from './problem.ts'
import { createUserCharges, type UserCharges } from './rate-limit.ts'
import { type Handler, type HttpContext, headerOf } from './route.ts'
import { createShopperTokens, type ShopperTokensOptions } from './shopper-tokens.ts'

type Answer = Response | Promise<Response>

/** A shopper, or an operator who acts for one. */
export type ShopperOrOperator = { kind: 'shopper'; userId: string } | { kind: 'operator'; operator: Operator }

/** Protects routes. Neither credential is accepted on the routes of the other. */
export type Authenticator = {
  /**
   * Admits shoppers: by a Bearer JWT, whose `sub` is the user id, or by the header of a gateway. Answers 401
   * to all others, and 429 to one who asks too fast. `token` is what the request was charged.
   */
  requireShopper(
    handle: (context: HttpContext, userId: string, claims: Claims, token: number) => Answer,
  ): Handler
  /** Takes back what a request was charged. */
  giveBack(token: number): void
  /**
   * Admits operators (Bearer, one of their tokens, or a JWT with their claim) who have the role. Answers 403
   * to others who are known, and 401 to all others. From `expiresAtMs` on the token is refused; only that of
   * an issuer expires.
   */
  requireRole(
    role: OperatorRole,
    handle: (context: HttpContext, operator: Operator, expiresAtMs: number | undefined) => Answer,
  ): Handler
  /** Admits shoppers, and operators who have the role. */
  requireShopperOrRole(
    role: OperatorRole,
    handle: (context: HttpContext, caller: ShopperOrOperator) => Answer,
  ): Handler
}

export type AuthenticatorOptions = {
  shoppers: ShopperTokensOptions
  adminToken: string
  operatorTokens?: readonly OperatorToken[] | undefined
  /** Nobody is believed by a header when left out. */
  gateway?: GatewayOptions | undefined
  /** Nobody is charged when left out. */
  charges?: UserCharges | undefined
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
  'The user id (sub of the token) must have 1 to 64 characters of A-Z a-z 0-9 . _ ~ @ | : + -',
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

/** A gateway says who a shopper is, and nothing else. */
const noClaims: Claims = {}

const keysAreRead = prepareProblem(
  'unavailable',
  'The keys of the token issuer are being read. Nothing was done; trying again is safe.',
)

export const createAuthenticator = (options: AuthenticatorOptions): Authenticator => {
  const shoppers = createShopperTokens(options.shoppers)
  const { charge, giveBack } = options.charges ?? createUserCharges(undefined, () => {})
  const findOperator = createOperatorTokens(options.adminToken, options.operatorTokens ?? [])
  // The reasons of a verifier are a few texts.
  const badTokens = new Map<string, () => Response>()
  const badToken = (verdict: Exclude<TokenVerdict, { kind: 'user' }>): Response => {
    if (verdict.kind === 'waiting') return keysAreRead()
    const { reason } = verdict
    const known = badTokens.get(reason) ?? prepareProblem('unauthorized', reason, invalidToken)
    badTokens.set(reason, known)
    return known()
  }

  const { gateway } = options
  const gatewayUserOf = (context: HttpContext): GatewayUser | undefined =>
    gateway === undefined ? undefined : readGatewayUser(context.env.incoming, gateway)
  const strangerProblem = prepareProblem(
    'unauthorized',
    `${gateway?.header} is only accepted from the gateway of this deployment.`,
  )
  const noCredential = (user: GatewayUser | undefined): Response =>
    user === undefined ? noShopperToken() : strangerProblem()

  /** What a shopper is charged for this request, or why it is refused. */
  const chargeShopper = (userId: string): number | Response =>
    userIdPattern.test(userId) ? charge(userId) : badSubject()

  return {
    giveBack,
    requireShopper(handle) {
      const admit = (context: HttpContext, userId: string, claims: Claims): Answer => {
        const token = chargeShopper(userId)
        return typeof token === 'number' ? handle(context, userId, claims, token) : token
      }
      return (context) => {
        const user = gatewayUserOf(context)
        if (user?.kind === 'user') return admit(context, user.userId, noClaims)
        const bearer = bearerOf(context)
        if (bearer === undefined) return noCredential(user)
        const verdict = shoppers.verify(bearer)
        return verdict.kind === 'user' ? admit(context, verdict.userId, verdict.claims) : badToken(verdict)
      }
    },
    requireRole(role, handle) {
      const forbidden = prepareForbidden(role)
      const admit = (context: HttpContext, operator: Operator | undefined, expiresAtMs?: number): Answer =>
        operator?.roles.includes(role) === true ? handle(context, operator, expiresAtMs) : forbidden()
      return (context) => {
        const token = bearerOf(context)
        if (token === undefined) return noOperatorToken()
        const operator = findOperator(token)
        if (operator !== undefined) return admit(context, operator)
        if (!shoppers.hasOperators) return badOperatorToken()
        const verdict = shoppers.verify(token)
        return verdict.kind === 'user'
          ? admit(context, shoppers.operatorOf(token, verdict), expiryOf(verdict.claims, options.shoppers))
          : badToken(verdict)
      }
    },
    requireShopperOrRole(role, handle) {
      const forbidden = prepareForbidden(role)
      const asShopper = (context: HttpContext, userId: string): Answer => {
        const token = chargeShopper(userId)
        return typeof token === 'number' ? handle(context, { kind: 'shopper', userId }) : token
      }
      return (context) => {
        const user = gatewayUserOf(context)
        if (user?.kind === 'user') return asShopper(context, user.userId)
        const bearer = bearerOf(context)
        if (bearer === undefined) return noCredential(user)
        const named = findOperator(bearer)
        if (named !== undefined)
          return named.roles.includes(role)
            ? handle(context, { kind: 'operator', operator: named })
            : forbidden()
        const verdict = shoppers.verify(bearer)
        if (verdict.kind !== 'user') return badToken(verdict)
        const operator = shoppers.operatorOf(bearer, verdict)
        return operator?.roles.includes(role) === true
          ? handle(context, { kind: 'operator', operator })
          : asShopper(context, verdict.userId)
      }
    },
  }
}
