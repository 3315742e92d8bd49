import { randomUUIDv7 } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import { problemKinds } from '../../api/problem.ts'
import {
  ask,
  campaignDocument,
  closedAnHourAgo,
  createTestCampaign,
  newUser,
  operatorToken,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'

const [first, second] = inject('apiUrls')

type Call = { method?: string; path: string; token?: string; json?: unknown; body?: string; type?: string }

const inHalfAnHour = (): string => new Date(Date.now() + 1_800_000).toISOString()
const soldOut = async (): Promise<string> => {
  const campaignId = await createTestCampaign(first, { stock: 1 })
  await press(first, campaignId, newUser())
  return campaignId
}
const forGold = { eligibility: [{ claim: 'tier', anyOf: ['gold'] }] }
const issueOf = (campaignId: string): Call => ({
  method: 'POST',
  path: `/v1/campaigns/${campaignId}/coupons`,
  token: tokenOf(newUser()),
})
const createOf = (body: string, type = 'application/json'): Call => ({
  ...{ method: 'POST', path: '/v1/admin/campaigns', token: operatorToken(), body, type },
})

/** How each problem comes about without breaking a server. */
const causes: [string, number, () => Promise<Call> | Call][] = [
  ['malformed', 400, () => createOf('{')],
  ['unauthorized', 401, () => ({ path: '/v1/coupons' })],
  ['not-eligible', 403, async () => issueOf(await createTestCampaign(first, forGold))],
  ['not-found', 404, () => ({ path: '/v1/nothing' })],
  ['unknown-campaign', 404, () => issueOf(randomUUIDv7())],
  ['unknown-coupon', 404, () => ({ path: `/v1/coupons/${randomUUIDv7()}`, token: tokenOf(newUser()) })],
  ['method-not-allowed', 405, () => ({ path: '/v1/coupons', method: 'DELETE' })],
  ['sold-out', 409, async () => issueOf(await soldOut())],
  ['not-open', 409, async () => issueOf(await createTestCampaign(first, { opensAt: inHalfAnHour() }))],
  ['closed', 409, async () => issueOf(await createTestCampaign(first, closedAnHourAgo()))],
  ['too-large', 413, () => createOf('x'.repeat(65_537))],
  ['unsupported-media-type', 415, () => createOf('x', 'text/plain')],
  ['invalid', 422, () => createOf('{}')],
]

describe('problem documents and their pages', () => {
  test.each(causes)(
    '%s is %i, a problem document, and its type is a page in English and Korean',
    async (code, status, cause) => {
      const call = await cause()
      const { path, type, ...request } = call
      const headers = type === undefined ? {} : { headers: { 'content-type': type } }
      const answer = await ask(`${first}${path}`, { ...request, ...headers })
      expect(answer.status).toBe(status)
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.body).toMatchObject({ type: `/problems/${code}`, status, code })
      for (const field of ['title', 'detail']) expect(String(answer.body[field]).length).toBeGreaterThan(3)

      const page = await fetch(new URL(String(answer.body['type']), first))
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
    },
  )

  test.each(Object.entries(problemKinds))(
    'the page of %s explains in English and Korean what happened',
    async (code, kind) => {
      const page = await fetch(`${second}/problems/${code}`)
      expect(page.status).toBe(200)
      const html = await page.text()
      expect(html).toContain(kind.title)
      expect(html).toContain(String(kind.status))
      expect(html).toMatch(/<p>[A-Z][^<]{20,}\.<\/p>/)
      expect(html).toMatch(/<p class="dim" lang="ko">[^<]*[가-힣]{2}[^<]*\.<\/p>/)
    },
  )

  test('a page runs nothing, loads nothing of another origin, and stands in no frame', async () => {
    const page = await fetch(`${first}/problems/sold-out`)
    expect(await page.text()).not.toMatch(/<(script|style|iframe|form)\b/)
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^default-src 'none'; /)
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('a page comes in the language of its reader, and says it in the other too', async () => {
    const read = async (path: string, language: string): Promise<string> =>
      (await fetch(`${first}${path}`, { headers: { 'Accept-Language': language } })).text()
    expect(await read('/problems/sold-out', 'ko-KR')).toContain('<html lang="ko">')
    expect(await read('/problems/sold-out?lang=en', 'ko-KR')).toContain('<html lang="en">')
  })

  test('codes and statuses stay as callers know them', () => {
    const statuses = Object.fromEntries(
      Object.entries(problemKinds).map(([code, { status }]) => [code, status]),
    )
    expect(statuses).toEqual({
      ...Object.fromEntries(causes.map(([code, status]) => [code, status])),
      ...{
        'bad-request': 400,
        forbidden: 403,
        timeout: 408,
        'expectation-failed': 417,
        'headers-too-large': 431,
        paused: 409,
        'in-flight': 409,
        frozen: 409,
        'rehearsals-off': 403,
        'rehearsal-under-way': 409,
        confirming: 409,
        'not-usable-yet': 409,
        expired: 409,
        revoked: 409,
        'already-redeemed': 409,
        'already-redriven': 409,
        'unknown-dead-letter': 404,
        'redeemed-by-shop': 409,
        'changed-too-often': 409,
        'not-recorded-yet': 503,
        version: 412,
        'version-required': 428,
        'key-reused': 422,
        'idempotency-key': 400,
        'rate-limited': 429,
        internal: 500,
        overloaded: 503,
        recovering: 503,
        unavailable: 503,
      },
    })
  })

  test.each(['nothing', 'constructor', '__proto__', '%3Cscript%3E', 'x'.repeat(1_000)])(
    'a problem that does not exist has no page: %s',
    async (code) => {
      const answer = await ask(`${first}/problems/${code}`)
      expect([answer.status, answer.body['code']]).toEqual([404, 'not-found'])
    },
  )
})

/** Every route of the contract that this step has, and the methods it takes. */
const routes: [string, readonly string[]][] = [
  ['/v1/campaigns/{campaign}/coupons', ['POST']],
  ['/v1/campaigns/{campaign}/coupons/mine', ['GET', 'HEAD']],
  ['/v1/coupons', ['GET', 'HEAD']],
  ['/v1/coupons/{coupon}', ['GET', 'HEAD']],
  ['/v1/campaigns/{campaign}', ['GET', 'HEAD']],
  ['/v1/admin/campaigns', ['POST', 'GET', 'HEAD']],
  ['/v1/admin/campaigns/{campaign}', ['GET', 'HEAD', 'PATCH']],
  ['/livez', ['GET', 'HEAD']],
  ['/readyz', ['GET', 'HEAD']],
  ['/problems/sold-out', ['GET', 'HEAD']],
]

describe('methods of a route', () => {
  test.each(routes)(
    '%s accepts %j, OPTIONS is 204 and every other method 405, both with Allow',
    async (pattern, methods) => {
      const userId = newUser()
      const campaignId = await createTestCampaign(first)
      const won = await press(first, campaignId, userId)
      const path = pattern.replace('{campaign}', campaignId).replace('{coupon}', String(won.body['id']))
      const token = pattern.startsWith('/v1/admin') ? operatorToken() : tokenOf(userId)
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const takesBody = method === 'POST' && pattern === '/v1/admin/campaigns'
        const sent = takesBody ? campaignDocument() : { reason: 'a test' }
        const edits = method === 'PATCH' && pattern === '/v1/admin/campaigns/{campaign}'
        const request = {
          ...{ method, token, headers: { 'if-match': '*' } },
          ...(takesBody || edits ? { json: sent } : {}),
        }
        const { status, headers, body } = await ask(`${second}${path}`, request)
        if (method === 'OPTIONS') expect(status).toBe(204)
        else if (methods.includes(method)) expect([method, status]).toEqual([method, takesBody ? 201 : 200])
        else {
          expect([method, status]).toEqual([method, 405])
          if (method !== 'HEAD') expect(body['code']).toBe('method-not-allowed')
        }
        if (status === 405 || method === 'OPTIONS')
          expect(headers.get('allow')?.split(', ').sort()).toEqual([...methods, 'OPTIONS'].sort())
      }
    },
  )

  test.each([
    '/v1',
    '/v1/',
    '/v1/coupons/',
    '/v1/campaigns',
    '/V1/coupons',
    '/v1/admin',
    '/v1/admin/campaigns/',
    '/metrics',
  ])('an address that is not in the contract is 404 by every method: %s', async (path) => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const { status, body } = await ask(`${first}${path}`, { method, token: operatorToken() })
      expect([status, body['code']]).toEqual([404, 'not-found'])
    }
  })
})
