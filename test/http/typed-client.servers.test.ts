import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import { createOperatorClient } from '../../client/operator-client.ts'
import { createClient, type IssueResult, type ShopperClient } from '../../client/shopper-client.ts'
import { createProxy } from '../../servers/network/proxy.ts'
import { createTestCampaign, newUser, operatorToken, tokenOf } from '../harness/processes/http-client.ts'
import { startPart } from '../harness/processes/start-part.ts'
import { namedTokens } from '../harness/values/named-tokens.ts'
import { openStoredFacts } from '../harness/values/stored-facts.ts'
import { until } from '../harness/values/until.ts'

const [first, second] = inject('apiUrls')
const clientOf = (url: string, userId = newUser()): ShopperClient =>
  createClient({ url, token: tokenOf(userId) })
const operatorOf = (url: string) => createOperatorClient({ url, token: operatorToken() })

const inMs = (milliseconds: number): string => new Date(Date.now() + milliseconds).toISOString()

describe('each answer of the API is a result of its own, on both processes', () => {
  test('granted, already, soldOut, and the coupon in outcome and list', async () => {
    const campaignId = await createTestCampaign(first, { stock: 1 })
    const userId = newUser()
    const won = await clientOf(first, userId).issue(campaignId)
    if (won.kind !== 'granted') throw new Error(won.kind)
    const again = clientOf(second, userId)
    expect(await again.issue(campaignId)).toEqual({ kind: 'already', coupon: won.coupon })
    expect(await again.outcome(campaignId)).toEqual({ outcome: 'granted', coupons: [won.coupon] })
    expect((await again.listUsableCoupons()).items).toEqual([won.coupon])
    expect(await again.coupon(won.coupon.id)).toEqual(won.coupon)
    for (const url of [first, second]) expect((await clientOf(url).issue(campaignId)).kind).toBe('soldOut')
  })

  test.each<[string, Record<string, unknown>, object]>([
    [
      'notOpen',
      { opensAt: inMs(3_500_000) },
      { opensAt: expect.any(String), serverTime: expect.any(String) },
    ],
    [
      'notEligible',
      { eligibility: [{ claim: 'tier', anyOf: ['gold'] }] },
      { problem: { code: 'not-eligible', claim: 'tier' } },
    ],
    ['closed', { opensAt: inMs(-7_200_000), closesAt: inMs(-3_600_000) }, {}],
  ])('%s', async (kind, changes, fields) => {
    const campaignId = await createTestCampaign(first, changes)
    for (const url of [first, second])
      expect(await clientOf(url).issue(campaignId)).toMatchObject({ kind, ...fields })
  })

  test('paused, and granted when it is resumed', async () => {
    const { id: campaignId, version } = await operatorOf(first).readCampaign(await createTestCampaign(first))
    await operatorOf(first).pause(campaignId, { reason: 'a test', ifVersion: version })
    const client = clientOf(second)
    expect(await client.issue(campaignId)).toMatchObject({ kind: 'paused', retryAfterMs: expect.any(Number) })
    await operatorOf(second).resume(campaignId, { reason: 'a test' })
    await expect(
      operatorOf(first).pause(campaignId, { reason: 'late', ifVersion: version }),
    ).rejects.toMatchObject({ code: 'version', status: 412 })
    expect((await client.issue(campaignId)).kind).toBe('granted')
  })

  test('invalid, unknownCampaign and unauthorized', async () => {
    const campaignId = await createTestCampaign(first, { perUserLimit: 2 })
    const client = clientOf(first)
    expect((await client.issue(campaignId, { slot: 2 })).kind).toBe('granted')
    expect(await client.issue(campaignId, { slot: 3 })).toMatchObject({
      kind: 'invalid',
      problem: { errors: [{ pointer: '/slot' }] },
    })
    expect((await client.issue(randomUUID())).kind).toBe('unknownCampaign')
    const stranger = createClient({ url: first, token: 'no token' })
    expect((await stranger.issue(campaignId)).kind).toBe('unauthorized')
    await expect(stranger.listUsableCoupons()).rejects.toMatchObject({ code: 'unauthorized', status: 401 })
  })
})

test('a coupon is redeemed once, given back and revoked, and the client tells what became of it', async () => {
  const campaignId = await createTestCampaign(first)
  const client = clientOf(second)
  const won = await client.issue(campaignId)
  if (won.kind !== 'granted') throw new Error(won.kind)
  const { id } = won.coupon
  const redemption = await client.redeem(id, 'order-1')
  expect(redemption).toMatchObject({ couponId: id, orderId: 'order-1', campaignId })
  // As an order service.
  const orders = createClient({ url: first, token: namedTokens.orders })
  expect(await orders.redeem(id, 'order-1')).toEqual(redemption)
  await expect(orders.redeem(id, 'order-2')).rejects.toMatchObject({
    ...{ code: 'already-redeemed', status: 409 },
    problem: { orderId: 'order-1' },
  })
  // What the shop has redeemed is given back by the shop.
  await expect(client.giveBack(id, 'order-1')).rejects.toMatchObject({ code: 'redeemed-by-shop' })
  await orders.giveBack(id, 'order-1')
  await orders.giveBack(id, 'order-1')
  expect(await operatorOf(first).revoke(id, { reason: 'a test' })).toMatchObject({ state: 'revoked' })
  await expect(client.redeem(id, 'order-3')).rejects.toMatchObject({ code: 'revoked' })
  expect((await client.listUsableCoupons({ state: 'revoked' })).items).toMatchObject([{ id }])
  const ofUser = await operatorOf(second).couponsOfUser(won.coupon.userId)
  expect(ofUser.items).toMatchObject([{ id, state: 'revoked' }])
})

test('all coupons of somebody come page by page, newest first', async () => {
  const userId = newUser()
  const campaignId = await createTestCampaign(first, { perUserLimit: 5 })
  const won: string[] = []
  for (let slot = 1; slot <= 5; slot += 1) {
    const result = await clientOf(first, userId).issue(campaignId, { slot })
    if (result.kind === 'granted') won.unshift(result.coupon.id)
  }
  const listed: string[] = []
  for await (const { id } of clientOf(second, userId).usableCoupons({ limit: 2 })) listed.push(id)
  expect([listed, won.length]).toEqual([won, 5])
})

test('the clock of the client is that of the gate, within its uncertainty', async () => {
  const client = createClient({ url: first })
  expect(client.serverNow()).toBeUndefined()
  await client.synchronise()
  const before = client.serverNow()
  const serverMs = await createClient({ url: first }).time()
  const after = client.serverNow()
  if (before === undefined || after === undefined) throw new Error('there is no time')
  expect(serverMs).toBeGreaterThanOrEqual(Math.floor(before.ms - before.uncertaintyMs))
  expect(serverMs).toBeLessThanOrEqual(Math.ceil(after.ms + after.uncertaintyMs))
})

describe('a gate whose answers are lost', () => {
  const stored = openStoredFacts()

  test('is asked for the outcome: whoever won without an answer has the coupon, and has one', async () => {
    const redis = new URL(inject('environment')['REDIS_URL'] ?? '')
    const proxy = await createProxy({ host: redis.hostname, port: Number(redis.port) })
    const settings = { REDIS_URL: `redis://127.0.0.1:${proxy.port}`, GATE_TIMEOUT_MS: '300' }
    const cutOff = await startPart(
      'api',
      { ...inject('environment'), ...settings },
      { folder: inject('folder'), waitFor: 'ready' },
    )
    try {
      const campaignId = await createTestCampaign(first, { stock: 3 })
      await until('the other process knows it', async () => {
        const { state } = await clientOf(cutOff.url).campaign(campaignId)
        return state === 'open'
      })
      // As behind a balancer: each request goes to another process.
      const asked: string[] = []
      const balanced = (userId: string): ShopperClient =>
        createClient({
          url: 'http://balancer',
          token: tokenOf(userId),
          async fetch(input, init) {
            const path = String(input).replace('http://balancer', '')
            const response = await fetch(`${asked.length % 2 === 0 ? cutOff.url : first}${path}`, init)
            asked.push(`${init?.method} ${response.status}`)
            return response
          },
        })

      proxy.hold('answers')
      const won = await balanced(newUser()).issue(campaignId)
      // Its grant is in the outbox, so it is asked for until the keeper has brought it to the log.
      expect([won.kind, asked.slice(0, 2)]).toEqual(['granted', ['POST 503', 'GET 200']])
      expect(asked.filter((request) => request.startsWith('POST'))).toHaveLength(1)
      // Nobody else can say: it is unknown, and no sell-out.
      const userId = newUser()
      const alone = createClient({ url: cutOff.url, token: tokenOf(userId), attemptsMax: 2 })
      const told: IssueResult = await alone.issue(campaignId)
      expect(told).toMatchObject({ kind: 'unknown', problem: { code: 'unavailable' } })
      proxy.release()

      // Whether the gate had the press depends on when its connection was given up.
      const later = await clientOf(first, userId).issue(campaignId)
      expect(['granted', 'already']).toContain(later.kind)
      const rows = await stored.drained(campaignId, 2)
      expect(rows.map((row) => row.userId).includes(userId)).toBe(true)
      expect((await operatorOf(first).audit(campaignId)).verdict).toBe('pass')
    } finally {
      proxy.release()
      await cutOff.stop()
      await proxy.close()
      await stored.close()
    }
  })
})
