import { expect, test } from 'vitest'
import { createHealthRoutes } from '../platform/http/health.ts'
import { createLogger } from '../platform/log/logger.ts'
import { createApp } from './app.ts'
import { createAuthenticator } from './authenticator.ts'
import { createLanes } from './lanes.ts'
import type { Bindings } from './route.ts'
import { allRoutes, type RoutesOptions } from './routes/all-routes.ts'

const authenticator = createAuthenticator({
  shoppers: { secret: 'a secret of the tests', leewayMs: 0, now: Date.now },
  adminToken: 'a token',
})
const parts = {
  authenticator,
  issuer: { isFull: () => false },
  registry: { gateNowMs: () => 0 },
  embedders: [],
}
// What waits would reach for the other parts, and be a 500.
const routes = allRoutes(parts as unknown as RoutesOptions)
const laneOf = createLanes(routes)
const app = createApp(routes, createHealthRoutes([]), createLogger('api', 'silent'))

const bearer = { authorization: 'Bearer anything' }
const campaign = '/v1/campaigns/01a1fe69-7d10-770e-92dc-168166463406'
const admin = '/v1/admin/campaigns'

test.each([
  ['POST', `${campaign}/coupons`, 'change'],
  ['POST', `${campaign}/coupons?slot=2`, 'change'],
  ['POST', '/v1/campaigns/x/coupons', 'change'],
  ['POST', admin, 'change'],
  ['GET', `${campaign}/coupons/mine`, 'read'],
  ['GET', '/v1/coupons', 'ledger'],
  ['GET', '/v1/coupons?limit=3&cursor=a/b', 'ledger'],
  ['HEAD', '/v1/coupons', 'ledger'],
  ['GET', '/v1/coupons/x', 'ledger'],
  ['GET', admin, 'ledger'],
  ['GET', `${admin}/x`, 'ledger'],
  ['GET', `${admin}/x/audit`, 'ledger'],
])('with a credential %s %s takes a turn in the lane %s', (method, url, lane) => {
  expect(laneOf({ method, url, headers: bearer })).toBe(lane)
})

test.each([
  ['GET', campaign],
  ['GET', '/v1/campaigns/x?a=b'],
  ['HEAD', campaign],
  ['GET', '/problems/sold-out'],
])('for anyone %s %s takes a turn in the lane read', (method, url) => {
  for (const headers of [{}, bearer]) expect(laneOf({ method, url, headers })).toBe('read')
})

test.each([
  ['GET', `${campaign}/events`],
  ['HEAD', `${campaign}/events?a=b`],
])('%s %s is a stream, with a credential or without', (method, url) => {
  for (const headers of [{}, bearer]) expect(laneOf({ method, url, headers })).toBe('stream')
})

test('the stream of consoles is one for who has a credential', () => {
  const stream = { method: 'GET', url: '/v1/admin/events' }
  expect(laneOf({ ...stream, headers: bearer })).toBe('stream')
  expect(laneOf({ ...stream, headers: {} })).toBeUndefined()
})

test.each([
  ['GET', '/v1/%63oupons', 'ledger', 'read'],
  ['GET', '/v1/x/../coupons', 'ledger', 'read'],
  ['GET', 'http://api/v1/coupons', 'ledger', 'read'],
  ['GET', '/v1/coupons#x', 'ledger', 'read'],
  ['GET', '/v1/campaigns/%00', 'ledger', 'read'],
  ['POST', '/v1/campaigns/%zz/coupons', 'change', undefined],
  ['POST', String.raw`/v1\campaigns/x/coupons`, 'change', undefined],
])('what %s %s leads to is not known: it takes a turn', (method, url, lane, laneOfAnyone) => {
  expect(laneOf({ method, url, headers: bearer })).toBe(lane)
  expect(laneOf({ method, url, headers: {} })).toBe(laneOfAnyone)
})

const everyPath = [
  ...routes.map(({ method, path }) => [method, path.replace(/:\w+/g, 'x')] as const),
  ...['DELETE', 'PUT', 'OPTIONS'].map((method) => [method, `${campaign}/coupons`] as const),
  ...['/', '/v1', '/v1/coupons/', '/v1/campaigns', '/livez', '/readyz'].map((path) => ['GET', path] as const),
  ['POST', '/v1/campaigns/%zz/coupons'] as const,
]
/** The part of the bindings that routes look at. */
const bindingsOf = (incoming: object) => ({ incoming, outgoing: {} }) as unknown as Bindings

test.each(everyPath)('whatever has no lane is answered without a wait: %s %s', async (method, path) => {
  const credentials = ['Bearer', 'Bearer ', 'bearer x', 'BEARER x', 'Basic x', 'Bearerx y', ' Bearer x', '']
  const kinds = [{}, ...credentials.map((authorization) => ({ authorization }))]
  for (const headers of kinds) {
    if (laneOf({ method, url: path, headers }) !== undefined) continue
    const request = new Request(`http://api${path}`, { method })
    const { status } = await app.fetch(request, bindingsOf({ headers, method, url: path, socket: {} }))
    expect([200, 204, 401, 404, 405]).toContain(status)
  }
})
