import { hash } from 'node:crypto'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { createOperator } from '../../coupon/operator.ts'
import { createTokenSigner } from '../../platform/http/token.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { createApp } from '../app.ts'
import { createAuthenticator } from '../authenticator.ts'
import type { Bindings, Route } from '../route.ts'
import { allRoutes, type RoutesOptions } from './all-routes.ts'

const secret = 'a secret of the tests that is long enough'
const named = (['viewer', 'operator', 'orders'] as const).map((role) => ({
  operator: createOperator(role, [role]),
  tokenHash: hash('sha256', role),
}))
const parts = {
  authenticator: createAuthenticator({
    shoppers: { secret, leewayMs: 0, now: Date.now },
    adminToken: 'a token',
    operatorTokens: named,
  }),
  issuer: { isFull: () => false },
  registry: { gateNowMs: () => 0 },
  rehearsals: {},
  embedders: [],
}
// Who is admitted meets parts that are missing, which is a 500.
const routes = allRoutes(parts as unknown as RoutesOptions)
const app = createApp(routes, new Hono(), createLogger('api', 'silent'))

const shopper = createTokenSigner(secret)('user', 60)
const credentials = {
  ...{ nobody: undefined, nonsense: 'nonsense', shopper },
  ...{ viewer: 'viewer', operator: 'operator', orders: 'orders' },
}
type Caller = keyof typeof credentials

const admitted: Record<Route['caller'], readonly Caller[]> = {
  anyone: ['nobody', 'nonsense', 'shopper', 'viewer', 'operator', 'orders'],
  shopper: ['shopper'],
  'shopper or orders': ['shopper', 'orders'],
  viewer: ['viewer', 'operator'],
  operator: ['operator'],
  orders: ['orders'],
}
/** Who is known where operators are asked for, and is told that this is not theirs. */
const operators: readonly Caller[] = ['viewer', 'operator', 'orders']

const statusOf = async ({ method, path }: Route, token: string | undefined): Promise<number> => {
  const url = path.replace(/:\w+/g, 'x')
  const headers = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
  const incoming = { headers, method, url, socket: {} }
  const bindings = { incoming, outgoing: { setHeader: () => {} } } as unknown as Bindings
  return (await app.fetch(new Request(`http://api${url}`, { method, headers }), bindings)).status
}

describe.each(Object.entries(credentials))('%s', (caller, token) => {
  test.each(routes.map((route) => [route.method, route.path, route] as const))(
    'meets %s %s as its document says who may call it',
    async (_, __, route) => {
      const status = await statusOf(route, token)
      if (admitted[route.caller].includes(caller as Caller)) return expect([401, 403]).not.toContain(status)
      const isForbidden = route.caller !== 'shopper' && operators.includes(caller as Caller)
      expect(status).toBe(isForbidden ? 403 : 401)
    },
  )
})
