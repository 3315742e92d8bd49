import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { scrape } from '../harness/metrics/metric-text.ts'
import {
  type ApiAnswer,
  ask,
  createTestCampaign,
  newUser,
  operatorToken,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'

let api: Running
beforeAll(async () => {
  api = await startPart(
    'api',
    { ...inject('environment'), USER_RATE_MAX: '1', CLIENT_RATE_MAX: '2', TRUSTED_PROXIES: '1' },
    { folder: inject('folder'), waitFor: 'ready' },
  )
})
afterAll(() => api.stop())

/** Asks until the answer is 429, and returns it with the number of answers before it. */
const askUntilRefused = async (
  send: () => Promise<ApiAnswer>,
): Promise<{ refused: ApiAnswer; before: number[] }> => {
  const before: number[] = []
  for (;;) {
    const answer = await send()
    if (answer.status === 429) return { refused: answer, before }
    before.push(answer.status)
    if (before.length > 500) throw new Error('it was never refused')
  }
}
const expectRefusal = ({ headers, body }: ApiAnswer, caller: string, quota: number): void => {
  expect(body).toMatchObject({ code: 'rate-limited', type: '/problems/rate-limited' })
  expect(body['detail']).toContain(caller)
  expect(headers.get('ratelimit-policy')).toBe(`"${caller}";q=${quota};w=5`)
  expect(headers.get('ratelimit')).toBe(`"${caller}";r=0;t=1`)
  expect(headers.get('retry-after')).toMatch(/^[123]$/)
}
const soldOut = async (): Promise<string> => {
  const campaignId = await createTestCampaign(api.url, { stock: 1 })
  expect((await press(api.url, campaignId, newUser())).status).toBe(201)
  return campaignId
}

describe('a shopper who asks too fast', () => {
  test('is refused after a burst, says when to come back, and is alone with it', async () => {
    const campaignId = await soldOut()
    const user = newUser()
    const { refused, before } = await askUntilRefused(() => press(api.url, campaignId, user))
    expectRefusal(refused, 'user', 5)
    expect(before.length).toBeGreaterThanOrEqual(5)
    expect(new Set(before)).toEqual(new Set([409]))
    expect((await press(api.url, campaignId, newUser())).status).toBe(409)
    const { value } = await scrape(api.metricsUrl)
    expect(value('firstcome_http_refused_total', { reason: 'rate-of-user' })).toBeGreaterThan(0)
  })

  test('is refused for every kind of request alike', async () => {
    const token = tokenOf(newUser())
    const { refused } = await askUntilRefused(() => ask(`${api.url}/v1/coupons`, { token }))
    expectRefusal(refused, 'user', 5)
  })

  test('other answers say nothing of limits', async () => {
    const { headers } = await ask(`${api.url}/v1/coupons`, { token: tokenOf(newUser()) })
    expect([headers.get('ratelimit'), headers.get('ratelimit-policy')]).toEqual([null, null])
  })

  test('gets the coupon again as often as it asks, and pays for nothing by it', async () => {
    const campaignId = await createTestCampaign(api.url)
    const winner = newUser()
    for (let presses = 0; presses < 50; presses += 1)
      expect((await press(api.url, campaignId, winner)).status).toBe(presses === 0 ? 201 : 200)
    expect((await press(api.url, await soldOut(), winner)).status).toBe(409)
  })
})

describe('an address that asks too fast', () => {
  const from = (address: string): { headers: Record<string, string> } => ({
    headers: { 'x-forwarded-for': address },
  })
  const askFrom = (address: string, token: string, path = '/v1/coupons'): Promise<ApiAnswer> =>
    ask(`${api.url}${path}`, { token, ...from(address) })

  test('is refused whoever it is, before its tokens are looked at; others are served', async () => {
    const { refused, before } = await askUntilRefused(() => askFrom('203.0.113.7', 'x.y.z'))
    expectRefusal(refused, 'address', 10)
    expect(new Set(before)).toEqual(new Set([401]))
    expect((await askUntilRefused(() => askFrom('203.0.113.8', tokenOf(newUser())))).before).toContain(200)
    expect((await askFrom('203.0.113.9', tokenOf(newUser()))).status).toBe(200)
    const { value } = await scrape(api.metricsUrl)
    expect(value('firstcome_http_refused_total', { reason: 'rate-of-client' })).toBeGreaterThan(0)
  })

  test('is refused for operators too, so that nobody guesses their token', async () => {
    const list = '/v1/admin/campaigns'
    const { before } = await askUntilRefused(() => askFrom('203.0.113.10', `${operatorToken()}x`, list))
    expect(new Set(before)).toEqual(new Set([401]))
  })

  test.each([
    ['of consoles, whose tokens are verified too', '/v1/admin/events', 401],
    ['of a campaign, which is looked up', `/v1/campaigns/${randomUUIDv7()}/events`, 404],
  ])('is refused when it asks for streams %s', async (_, path, status) => {
    const { refused, before } = await askUntilRefused(() =>
      askFrom(`203.0.113.${status - 300}`, 'x.y.z', path),
    )
    expectRefusal(refused, 'address', 10)
    expect(new Set(before)).toEqual(new Set([status]))
  })

  test('counts as what the proxy says, and not as what the client says before it', async () => {
    let lie = 0
    const { refused } = await askUntilRefused(() => {
      lie += 1
      return askFrom(`198.51.100.${lie}, 203.0.113.11`, 'x.y.z')
    })
    expectRefusal(refused, 'address', 10)
  })

  test('still learns whether the process is well', async () => {
    await askUntilRefused(() => askFrom('203.0.113.12', 'x.y.z'))
    expect((await ask(`${api.url}/livez`, from('203.0.113.12'))).status).toBe(200)
  })
})
