import { createHmac, generateKeyPairSync, randomUUIDv7, sign as signWith } from 'node:crypto'
import { afterAll, describe, expect, inject, test } from 'vitest'
import {
  ask,
  campaignDocument,
  createTestCampaign,
  newUser,
  operatorToken,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'
import { openStoredFacts } from '../harness/values/stored-facts.ts'

const [first, second] = inject('apiUrls')
const secret = inject('environment')['JWT_SECRET'] ?? ''
const stored = openStoredFacts()
afterAll(stored.close)

const part = (document: unknown): string => Buffer.from(JSON.stringify(document)).toString('base64url')
const seconds = (fromNow: number): number => Math.floor(Date.now() / 1_000) + fromNow

/** A token made by hand: another implementation than the one under test. */
const jwt = (header: unknown, payload: unknown, signature: (signed: string) => Buffer): string => {
  const signed = `${part(header)}.${part(payload)}`
  return `${signed}.${signature(signed).toString('base64url')}`
}
const hmac =
  (hash: string, key = secret) =>
  (signed: string): Buffer =>
    createHmac(hash, key).update(signed).digest()
const claims = (changes: Record<string, unknown> = {}) => ({ sub: newUser(), exp: seconds(600), ...changes })
const hs256 = { alg: 'HS256', typ: 'JWT' }
const signed = (changes: Record<string, unknown>): string => jwt(hs256, claims(changes), hmac('sha256'))
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 })

const otherUsers = (token: string): string => {
  const [header, , signature] = token.split('.')
  return [header, part(claims()), signature].join('.')
}

const badTokens: [string, string][] = [
  ['an empty one', ''],
  ['no JWT', 'hello'],
  ['two parts', signed({}).split('.').slice(0, 2).join('.')],
  ['no signature', `${signed({}).split('.').slice(0, 2).join('.')}.`],
  ['four parts', `${signed({})}.${part({})}`],
  ['parts that are no JSON', 'a.b.c'],
  ['a signature that was cut', signed({}).slice(0, -2)],
  ['a payload of another user', otherUsers(signed({}))],
  ['a payload that is a list', jwt(hs256, [claims()], hmac('sha256'))],
  ['alg none', jwt({ alg: 'none' }, claims(), () => Buffer.alloc(0))],
  ['alg None', jwt({ alg: 'None' }, claims(), () => Buffer.alloc(0))],
  ['alg none over a good signature', jwt({ alg: 'none' }, claims(), hmac('sha256'))],
  ['no alg', jwt({ typ: 'JWT' }, claims(), hmac('sha256'))],
  ['a foreign secret', jwt(hs256, claims(), hmac('sha256', 'another secret that is long enough'))],
  ['an empty secret', jwt(hs256, claims(), hmac('sha256', ''))],
  ['HS384 with our secret', jwt({ alg: 'HS384' }, claims(), hmac('sha384'))],
  ['HS512 with our secret', jwt({ alg: 'HS512' }, claims(), hmac('sha512'))],
  ['RS256', jwt({ alg: 'RS256' }, claims(), (text) => signWith('sha256', Buffer.from(text), rsa.privateKey))],
  ['HS256 said, HS512 done', jwt(hs256, claims(), hmac('sha512'))],
  ['expired longer ago than the leeway', signed({ exp: seconds(-6) })],
  ['an expiry that is text', signed({ exp: '2099-01-01' })],
  ['not valid yet', signed({ nbf: seconds(600) })],
  ['no subject', signed({ sub: undefined })],
  ['an empty subject', signed({ sub: '' })],
  ['a subject that is a number', signed({ sub: 42 })],
  ['a subject that is a list', signed({ sub: [newUser()] })],
  ['a subject of 65 characters', signed({ sub: 'u'.repeat(65) })],
  ['a subject with a space', signed({ sub: 'a b' })],
  ['a subject with a line end', signed({ sub: 'alice\n' })],
  ['a subject with a NUL', signed({ sub: 'alice\u0000' })],
  ['a subject with a comma', signed({ sub: 'alice,1,2' })],
  ['a subject with a quote', signed({ sub: 'a"b' })],
  ['a subject in Hangul', signed({ sub: '사용자' })],
  ['the operators’ token', operatorToken()],
]

const shopperRoutes = (campaignId: string): [string, string][] => [
  ['POST', `/v1/campaigns/${campaignId}/coupons`],
  ['GET', `/v1/campaigns/${campaignId}/coupons/mine`],
  ['GET', '/v1/coupons'],
  ['GET', `/v1/coupons/${randomUUIDv7()}`],
]
const operatorRoutes = (campaignId: string): [string, string][] => [
  ['POST', '/v1/admin/campaigns'],
  ['GET', '/v1/admin/campaigns'],
  ['GET', `/v1/admin/campaigns/${campaignId}`],
]

/** RFC 6750, section 3.1: only a token that came and is no good has an error code. */
const invalidToken = 'Bearer error="invalid_token"'

const expectUnauthorized = async (
  routes: readonly [string, string][],
  headers: Record<string, string>,
  challenge: string,
): Promise<void> => {
  for (const [method, path] of routes) {
    const body = path === '/v1/admin/campaigns' && method === 'POST' ? { json: campaignDocument() } : {}
    const answer = await ask(`${first}${path}`, { method, headers, ...body })
    expect([path, answer.status, answer.body['code']]).toEqual([path, 401, 'unauthorized'])
    expect(answer.headers.get('www-authenticate')).toBe(challenge)
    expect(answer.headers.get('cache-control')).toBe('no-store')
  }
}

describe('bad credentials are refused', () => {
  test.each(badTokens)('a bad shopper token is refused on every shopper route: %s', async (_, token) => {
    const campaignId = await createTestCampaign(first)
    const challenge = token === '' ? 'Bearer' : invalidToken
    await expectUnauthorized(shopperRoutes(campaignId), { authorization: `Bearer ${token}` }, challenge)
    expect(await stored.gate(campaignId)).toMatchObject({ granted: 0, winners: 0 })
  })

  test.each([
    ['no header', {}],
    ['another scheme', { authorization: `Basic ${tokenOf(newUser())}` }],
    ['no scheme', { authorization: tokenOf(newUser()) }],
    ['a query parameter’s name', { 'x-authorization': `Bearer ${tokenOf(newUser())}` }],
  ])('without a Bearer credential everything but public pages is refused: %s', async (_, headers) => {
    const campaignId = await createTestCampaign(first)
    const routes = [...shopperRoutes(campaignId), ...operatorRoutes(campaignId)]
    await expectUnauthorized(routes, { ...headers }, 'Bearer')
  })

  test.each([
    ['a shopper’s token', tokenOf(newUser())],
    ['a shopper called operator', signed({ sub: 'operator', role: 'admin' })],
    ['a part of it', operatorToken().slice(0, -1)],
    ['more than it', `${operatorToken()}x`],
    ['its capitals', operatorToken().toUpperCase()],
    ['the secret of shopper tokens', secret],
  ])('an operator token is refused on every route of operators: %s', async (_, token) => {
    const campaignId = await createTestCampaign(first)
    const headers = { authorization: `Bearer ${token}` }
    await expectUnauthorized(operatorRoutes(campaignId), headers, invalidToken)
  })

  test.each([
    ['a subject that is a number', signed({ sub: 42 }), /^sub of the token must be a string/],
    ['a subject with a space', signed({ sub: 'a b' }), /^The user id .sub of the token. must have 1 to 64/],
    ['an expiry that is text', signed({ exp: '2099-01-01' }), /^exp of the token must be a number/],
    ['expired', signed({ exp: seconds(-6) }), /^The token has expired/],
    [
      'a foreign secret',
      jwt(hs256, claims(), hmac('sha256', 'another')),
      /^The token is not signed for this/,
    ],
  ])('the owner of a bad token is told what is wrong with it: %s', async (_, token, detail) => {
    const { body } = await ask(`${first}/v1/coupons`, { token })
    expect(body['detail']).toMatch(detail)
  })

  test('a bad credential is answered before anything about campaign, slot or body', async () => {
    const unknown = `${second}/v1/campaigns/${randomUUIDv7()}/coupons?slot=99`
    expect((await ask(unknown, { method: 'POST' })).status).toBe(401)
    expect((await ask(`${second}/v1/coupons?limit=0`)).status).toBe(401)
    const create = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{' }
    expect((await ask(`${second}/v1/admin/campaigns`, create)).status).toBe(401)
  })

  test.each([
    ['every allowed character', 'Az09._~@|:+-'],
    ['1 character', '~'],
    ['64 characters', 'u'.repeat(64)],
  ])('a user id may have %s, and comes back as it was', async (_, userId) => {
    const campaignId = await createTestCampaign(first)
    const won = await press(first, campaignId, userId)
    expect([won.status, won.body['userId']]).toEqual([201, userId])
    expect((await press(second, campaignId, userId)).body).toEqual(won.body)
    expect((await stored.drained(campaignId, 1)).map((row) => row.userId)).toEqual([userId])
  })

  test.each(['Bearer', 'bearer', 'BEARER'])('the scheme may be written %s', async (scheme) => {
    const headers = { authorization: `${scheme} ${tokenOf(newUser())}` }
    expect((await ask(`${first}/v1/coupons`, { headers })).status).toBe(200)
  })
})
