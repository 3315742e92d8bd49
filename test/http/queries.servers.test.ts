import { randomUUIDv7 } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import {
  ask,
  closedAnHourAgo,
  createTestCampaign,
  listOf,
  newUser,
  operatorToken,
  outcomeOf,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'

const [first, second] = inject('apiUrls')

const issue = (campaignId: string, query: string, userId = newUser()) =>
  ask(`${first}/v1/campaigns/${campaignId}/coupons${query}`, { method: 'POST', token: tokenOf(userId) })

const pointersOf = (body: Record<string, unknown>): string[] =>
  (body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)

describe('query parameters', () => {
  test.each([
    '0',
    '11',
    '-1',
    '+1',
    '1.5',
    '1.0',
    '1e0',
    '0x1',
    'abc',
    '',
    ' 1',
    '1%20',
    '１',
    '999999999999999999999',
  ])('an invalid slot is 422 at /slot and wins nothing: "%s"', async (slot) => {
    const campaignId = await createTestCampaign(first, { perUserLimit: 10 })
    const userId = newUser()
    const answer = await issue(campaignId, `?slot=${slot}`, userId)
    expect([answer.status, answer.body['code'], pointersOf(answer.body)]).toEqual([422, 'invalid', ['/slot']])
    expect((await outcomeOf(first, campaignId, userId)).body['outcome']).toBe('none')
  })

  test.each(['?slot=1&slot=1', '?slot=1&slot=2', '?slot=&slot=1', '?slot=1&%73lot=1'])(
    'a slot that is repeated is 422 at /slot and wins nothing: %s',
    async (query) => {
      const campaignId = await createTestCampaign(first, { perUserLimit: 10 })
      const userId = newUser()
      const answer = await issue(campaignId, query, userId)
      expect([answer.status, pointersOf(answer.body)]).toEqual([422, ['/slot']])
      expect((await outcomeOf(first, campaignId, userId)).body['outcome']).toBe('none')
    },
  )

  test('slots 1 to 10 are accepted when the campaign allows them; the default is 1', async () => {
    const campaignId = await createTestCampaign(first, { perUserLimit: 10 })
    const userId = newUser()
    const won = await issue(campaignId, '', userId)
    expect([won.status, won.body['slot']]).toEqual([201, 1])
    expect((await issue(campaignId, '?slot=1', userId)).body).toEqual(won.body)
    for (let slot = 2; slot <= 10; slot += 1) {
      const another = await issue(campaignId, `?slot=${slot}`, userId)
      expect([another.status, another.body['slot']]).toEqual([201, slot])
    }
  })

  test.each([
    ['sold out', { stock: 1 }],
    ['not open', { opensAt: new Date(Date.now() + 600_000).toISOString() }],
    ['closed', closedAnHourAgo()],
  ])('a slot over the limit of a campaign wins nothing, even when the campaign is %s', async (_, changes) => {
    const campaignId = await createTestCampaign(first, changes)
    await press(first, campaignId, newUser())
    const { status } = await issue(campaignId, '?slot=2')
    expect([409, 422]).toContain(status)
  })

  test('unknown parameters are ignored', async () => {
    const campaignId = await createTestCampaign(first)
    expect((await issue(campaignId, '?utm_source=mail&rank=1')).status).toBe(201)
    expect((await listOf(first, newUser(), '?offset=7')).status).toBe(200)
  })

  const listPaths: [string, () => string][] = [
    ['/v1/coupons', () => tokenOf(newUser())],
    ['/v1/admin/campaigns', operatorToken],
  ]

  test.each(
    ['0', '101', '1000', '-1', '1.5', '1e1', 'abc', '', ' 5', '0x5', 'NaN', '999999999999999999999'].flatMap(
      (limit) => listPaths.map(([path, token]) => [limit, path, token] as const),
    ),
  )('a limit outside 1 to 100 is 422 at /limit: "%s" on %s', async (limit, path, token) => {
    const answer = await ask(`${second}${path}?limit=${limit}`, { token: token() })
    expect([answer.status, answer.body['code'], pointersOf(answer.body)]).toEqual([
      422,
      'invalid',
      ['/limit'],
    ])
  })

  test.each(
    [
      '',
      'abc',
      '%00',
      randomUUIDv7(),
      'x'.repeat(5_000),
      Buffer.from('{"id":1}').toString('base64url'),
      Buffer.from("' OR 1=1 --").toString('base64url'),
      Buffer.from(`${randomUUIDv7()}x`).toString('base64url'),
    ].flatMap((cursor) => listPaths.map(([path, token]) => [cursor, path, token] as const)),
  )('a cursor that we did not hand out is 422 at /cursor: "%s" on %s', async (cursor, path, token) => {
    const answer = await ask(`${second}${path}?cursor=${cursor}`, { token: token() })
    expect([answer.status, answer.body['code'], pointersOf(answer.body)]).toEqual([
      422,
      'invalid',
      ['/cursor'],
    ])
  })

  test.each(listPaths)('a limit or cursor that is repeated is 422 on %s', async (path, token) => {
    const options = { token: token() }
    const limits = await ask(`${second}${path}?limit=5&limit=5`, options)
    expect([limits.status, pointersOf(limits.body)]).toEqual([422, ['/limit']])
    const cursor = Buffer.from(randomUUIDv7()).toString('base64url')
    expect((await ask(`${second}${path}?cursor=${cursor}`, options)).status).toBe(200)
    const cursors = await ask(`${second}${path}?cursor=${cursor}&cursor=${cursor}`, options)
    expect([cursors.status, pointersOf(cursors.body)]).toEqual([422, ['/cursor']])
  })

  test('both wrong parameters are reported at once', async () => {
    const answer = await listOf(first, newUser(), '?limit=0&cursor=abc')
    expect(pointersOf(answer.body)).toEqual(['/limit', '/cursor'])
  })

  test('a request line or header that is far too long is refused, and the process goes on', async () => {
    const long = 'x'.repeat(20_000)
    expect((await ask(`${first}/v1/coupons?cursor=${long}`)).status).toBe(431)
    expect((await ask(`${first}/v1/coupons`, { token: long })).status).toBe(431)
    expect((await ask(`${first}/readyz`)).status).toBe(200)
  })
})
