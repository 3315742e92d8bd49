import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { ask, createTestCampaign, newUser, tokenOf } from '../harness/processes/http-client.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'

const [withoutOrigins] = inject('apiUrls')
const shop = 'https://shop.example'
const other = 'https://shop.example.evil'
let api: Running
beforeAll(async () => {
  api = await startPart(
    'api',
    {
      ...inject('environment'),
      ...{ CORS_ORIGINS: `${shop}, http://127.0.0.1:3000`, CLIENT_RATE_MAX: '1', TRUSTED_PROXIES: '1' },
    },
    { folder: inject('folder'), waitFor: 'ready' },
  )
})
afterAll(() => api.stop())

/** The headers that a browser decides by. */
const corsOf = (headers: Headers): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-') || name === 'vary'))
const exposed =
  'Allow, ETag, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id'
const admitted = {
  'access-control-allow-origin': shop,
  'access-control-expose-headers': exposed,
  vary: 'Origin',
}

describe('a page of a listed origin', () => {
  test('reads a coupon, a problem, and a refusal before any of it', async () => {
    const origin = { origin: shop }
    const campaignId = await createTestCampaign(api.url, { stock: 1 })
    const url = `${api.url}/v1/campaigns/${campaignId}/coupons`
    const answers = [
      await ask(url, { method: 'POST', token: tokenOf(newUser()), headers: origin }),
      await ask(url, { method: 'POST', token: tokenOf(newUser()), headers: origin }),
      await ask(url, { method: 'POST', headers: origin }),
      await ask(`${api.url}/v1/campaigns/${campaignId}`, { headers: origin }),
      await ask(`${api.url}/v1/nothing`, { headers: origin }),
      await ask(`${api.url}/v1/coupons`, { method: 'DELETE', headers: origin }),
      await ask(`${api.url}/livez`, { headers: origin }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([201, 409, 401, 200, 404, 405, 200])
    for (const { headers } of answers) expect(corsOf(headers)).toEqual(admitted)
  })

  test('reads that its address asks too fast', async () => {
    const headers = { origin: shop, 'x-forwarded-for': '203.0.113.77' }
    for (let asked = 0; asked < 100; asked += 1) {
      const answer = await ask(`${api.url}/v1/coupons`, { token: 'x.y.z', headers })
      if (answer.status !== 429) continue
      expect(corsOf(answer.headers)).toEqual(admitted)
      return
    }
    throw new Error('it was never refused')
  })

  test.each([
    [`/v1/campaigns/${randomUUIDv7()}/coupons`, 'POST, OPTIONS'],
    ['/v1/coupons', 'GET, HEAD, OPTIONS'],
    ['/v1/admin/campaigns', 'POST, GET, HEAD, OPTIONS'],
    [`/v1/admin/campaigns/${randomUUIDv7()}/stock`, 'PUT, OPTIONS'],
    ['/v1/time', 'GET, HEAD, OPTIONS'],
  ])('may ask what %s accepts before it sends a request', async (path, methods) => {
    const { status, headers } = await ask(`${api.url}${path}`, {
      method: 'OPTIONS',
      headers: {
        ...{ origin: shop, 'access-control-request-method': 'POST' },
        'access-control-request-headers': 'authorization,content-type',
      },
    })
    expect(status).toBe(204)
    expect(headers.get('allow')).toBe(methods)
    expect(corsOf(headers)).toEqual({
      'access-control-allow-origin': shop,
      'access-control-allow-methods': methods,
      'access-control-allow-headers':
        'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id',
      'access-control-max-age': '7200',
      vary: 'Origin',
    })
  })

  test('learns of a path that does not exist that it does not', async () => {
    const headers = { origin: shop, 'access-control-request-method': 'GET' }
    const answer = await ask(`${api.url}/v1/nothing`, { method: 'OPTIONS', headers })
    expect([answer.status, answer.headers.get('access-control-allow-methods')]).toEqual([404, null])
  })
})

test.each([
  other,
  'http://shop.example',
  'https://shop.example:8443',
  'https://SHOP.example',
  'null',
  `${shop},${other}`,
])('a page of %s reads nothing', async (origin) => {
  for (const method of ['GET', 'OPTIONS']) {
    const headers = { origin, 'access-control-request-method': 'GET' }
    const answer = await ask(`${api.url}/v1/time`, { method, headers })
    expect([answer.status, corsOf(answer.headers)]).toEqual([
      method === 'GET' ? 200 : 204,
      { vary: 'Origin' },
    ])
  }
})

test('without an origin an answer varies by it all the same, so that no cache gives it to a page', async () => {
  expect(corsOf((await ask(`${api.url}/v1/time`)).headers)).toEqual({ vary: 'Origin' })
})

test('a list that a browser keeps varies by the origin beside the token, also when it is unchanged', async () => {
  const token = tokenOf(newUser())
  const headers = { origin: shop }
  const list = await ask(`${api.url}/v1/coupons`, { token, headers })
  const tag = list.headers.get('etag') ?? ''
  const same = await ask(`${api.url}/v1/coupons`, { token, headers: { ...headers, 'if-none-match': tag } })
  expect([list.status, same.status]).toEqual([200, 304])
  for (const answer of [list, same])
    expect(corsOf(answer.headers)).toEqual({ ...admitted, vary: 'Authorization, Origin' })
})

test('without the setting no answer says anything of origins', async () => {
  const headers = { origin: shop, 'access-control-request-method': 'GET' }
  for (const method of ['GET', 'OPTIONS'])
    expect(corsOf((await ask(`${withoutOrigins}/v1/time`, { method, headers })).headers)).toEqual({})
})
