import { randomUUIDv7 } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import {
  type ApiAnswer,
  ask,
  campaignDocument,
  createTestCampaign,
  newUser,
  operatorToken,
  tokenOf,
} from '../harness/processes/http-client.ts'
import { namedTokens } from '../harness/values/named-tokens.ts'

const [first, second] = inject('apiUrls')

type Call = [method: string, path: string, json?: unknown]

const reads = (id: string): Call[] => [
  ['GET', '/v1/admin/campaigns'],
  ['GET', `/v1/admin/campaigns/${id}`],
  ['GET', `/v1/admin/campaigns/${id}/changes`],
]
/** An audit of no campaign: each process audits one at a time, and other tests audit too. */
const audit = (): Call => ['GET', `/v1/admin/campaigns/${randomUUIDv7()}/audit`]
const reason = 'a test'
const changes = (id: string): Call[] => [
  ['POST', '/v1/admin/campaigns', campaignDocument()],
  ['POST', `/v1/admin/campaigns/${id}/pause`, { reason }],
  ['POST', `/v1/admin/campaigns/${id}/resume`, { reason }],
  ['PUT', `/v1/admin/campaigns/${id}/stock`, { reason, stock: 200 }],
  ['POST', `/v1/admin/campaigns/${id}/close`, { reason }],
]
const send = ([method, path, json]: Call, token: string): Promise<ApiAnswer> =>
  ask(`${first}${path}`, {
    method,
    token,
    headers: { 'if-match': '*' },
    ...(json === undefined ? {} : { json }),
  })

const expectForbidden = ({ status, headers, body }: ApiAnswer, role: string): void => {
  expect([status, body['code']]).toEqual([403, 'forbidden'])
  expect(headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"')
  expect(body['detail']).toContain(role)
}

describe('a role says what an operator may do', () => {
  test('a viewer reads, and changes nothing', async () => {
    const id = await createTestCampaign(first)
    for (const call of reads(id))
      expect([call[1], (await send(call, namedTokens.viewer)).status]).toEqual([call[1], 200])
    expect([404, 503]).toContain((await send(audit(), namedTokens.viewer)).status)
    for (const call of changes(id)) expectForbidden(await send(call, namedTokens.viewer), 'operator')
    const { body } = await ask(`${second}/v1/admin/campaigns/${id}/changes`, { token: namedTokens.viewer })
    expect(body['items']).toHaveLength(1)
  })

  test('a token learns its name and its roles', async () => {
    const roles = { viewer: ['viewer'], operator: ['viewer', 'operator'] }
    for (const role of ['viewer', 'operator'] as const) {
      const { status, body } = await ask(`${first}/v1/admin/me`, { token: namedTokens[role] })
      expect([status, body['roles']]).toEqual([200, roles[role]])
    }
    const { body } = await ask(`${first}/v1/admin/me`, { token: operatorToken() })
    expect(body).toEqual({ name: 'operator', roles: roles.operator, rehearsals: null })
    expectForbidden(await ask(`${first}/v1/admin/me`, { token: namedTokens.orders }), 'viewer')
  })

  test('an operator reads and changes', async () => {
    const id = await createTestCampaign(first)
    for (const call of [...reads(id), ...changes(id)])
      expect([call[1], (await send(call, namedTokens.operator)).status]).toEqual([
        call[1],
        call[1].endsWith('/campaigns') && call[0] === 'POST' ? 201 : 200,
      ])
  })

  test('an order service does neither', async () => {
    const id = await createTestCampaign(first)
    for (const call of [...reads(id), audit()])
      expectForbidden(await send(call, namedTokens.orders), 'viewer')
    for (const call of changes(id)) expectForbidden(await send(call, namedTokens.orders), 'operator')
  })

  test('without the role a request learns nothing about campaign or body', async () => {
    const unknown = `${first}/v1/admin/campaigns/${randomUUIDv7()}/pause`
    expectForbidden(await ask(unknown, { method: 'POST', token: namedTokens.viewer, body: '{' }), 'operator')
  })

  test('a named token is no token of a shopper, and the reverse', async () => {
    for (const token of Object.values(namedTokens))
      expect((await ask(`${first}/v1/coupons`, { token })).status).toBe(401)
    expect((await ask(`${first}/v1/admin/campaigns`, { token: tokenOf(newUser()) })).status).toBe(401)
  })
})

test('every change carries the name of its operator, the creation too', async () => {
  const created = await ask(`${first}/v1/admin/campaigns`, {
    method: 'POST',
    token: namedTokens.operator,
    json: campaignDocument(),
  })
  const id = String(created.body['id'])
  await send(['POST', `/v1/admin/campaigns/${id}/pause`, { reason: 'too fast' }], operatorToken())
  await send(['POST', `/v1/admin/campaigns/${id}/resume`, { reason: 'again' }], namedTokens.operator)
  const { body } = await ask(`${second}/v1/admin/campaigns/${id}/changes`, { token: namedTokens.viewer })
  expect(body['items']).toMatchObject([
    { action: 'resumed', by: 'ops@test', from: '127.0.0.1', reason: 'again' },
    { action: 'paused', by: 'operator', from: '127.0.0.1', reason: 'too fast' },
    { action: 'created', by: 'ops@test', from: '127.0.0.1', reason: null },
  ])
})

test('a creation with a key carries the name too', async () => {
  const created = await ask(`${second}/v1/admin/campaigns`, {
    method: 'POST',
    token: namedTokens.operator,
    headers: { 'idempotency-key': randomUUIDv7() },
    json: campaignDocument(),
  })
  const url = `${second}/v1/admin/campaigns/${String(created.body['id'])}/changes`
  const { body } = await ask(url, { token: namedTokens.viewer })
  expect(body['items']).toMatchObject([{ action: 'created', by: 'ops@test' }])
})
