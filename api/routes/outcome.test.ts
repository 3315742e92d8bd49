import { expect, test } from 'vitest'
import type { CouponReader } from '../../coupon/reading/coupon-reader.ts'
import { createHealthRoutes } from '../../platform/http/health.ts'
import { createTokenSigner } from '../../platform/http/token.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { createApp } from '../app.ts'
import { createAuthenticator } from '../authenticator.ts'
import { outcomeShape } from '../contract/coupon-shapes.ts'
import type { Bindings } from '../route.ts'
import { outcomeRoute } from './coupons.ts'

const secret = 'a secret of the tests, of 32 bytes or more'
const authenticator = createAuthenticator({
  shoppers: { secret, leewayMs: 0, now: Date.now },
  adminToken: 'a token',
})
const headers = { authorization: `Bearer ${createTokenSigner(secret)('user-1', 60)}` }
const path = '/v1/campaigns/01a1fe69-7d10-770e-92dc-168166463406/coupons/mine'

const outcomeWhen = async (kind: 'confirming' | 'recovering' | 'granted' | 'none') => {
  const coupons = { outcome: async () => ({ kind, coupons: [] }) } as unknown as CouponReader
  const app = createApp(
    [outcomeRoute(coupons, authenticator)],
    createHealthRoutes([]),
    createLogger('api', 'silent'),
  )
  const bindings = { incoming: { headers }, outgoing: {} } as unknown as Bindings
  const answer = await app.fetch(new Request(`http://api${path}`), bindings)
  return outcomeShape.parse(await answer.json())
}

test.each(['confirming', 'recovering'] as const)(
  '%s says when to ask again, to each another time',
  async (kind) => {
    const waits: number[] = []
    for (let time = 0; time < 20; time += 1) waits.push((await outcomeWhen(kind)).refreshAfterMs ?? 0)
    expect(waits.filter((ms) => ms < 1_000 || ms >= 1_500)).toEqual([])
    expect(new Set(waits).size).toBeGreaterThan(1)
  },
)

test.each(['granted', 'none'] as const)('%s is final: it names no time', async (kind) => {
  expect(await outcomeWhen(kind)).toEqual({ outcome: kind, coupons: [] })
})
