import { randomUUIDv7 } from 'node:crypto'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import {
  type ApiAnswer,
  ask,
  createTestCampaign,
  operatorToken,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'
import { until } from '../harness/values/until.ts'

const [first, second] = inject('apiUrls')

const winnersOf = (campaignId: string, query = '', accept?: string, url = first): Promise<ApiAnswer> =>
  ask(`${url}/v1/admin/campaigns/${campaignId}/winners${query}`, {
    token: operatorToken(),
    headers: accept === undefined ? {} : { accept },
  })
type Winner = Record<string, string | number | null>
const itemsOf = ({ body }: ApiAnswer) => body['items'] as Winner[]

/** Seven winners; the first redeemed the coupon, that of the second was revoked. */
let campaignId: string
const users = ['=1+1|x', '@SUM', '+1', '-1', 'plain', 'a.b', 'c'].map((user) =>
  `${user}-${randomUUIDv7()}`.replaceAll('=', '+'),
)
beforeAll(async () => {
  campaignId = await createTestCampaign(first)
  const coupons: string[] = []
  for (const user of users) coupons.push(String((await press(first, campaignId, user)).body['id']))
  await until('they are rows', async () => itemsOf(await winnersOf(campaignId)).length === users.length)
  await ask(`${first}/v1/coupons/${coupons[0]}/redemptions/-order`, {
    ...{ method: 'PUT', token: tokenOf(users[0] ?? '') },
  })
  await ask(`${first}/v1/admin/coupons/${coupons[1]}/revocation`, {
    ...{ method: 'POST', token: operatorToken(), json: { reason: 'why' } },
  })
})

describe('the winners of a campaign', () => {
  test('are in pages by rank, with what became of their coupons', async () => {
    for (const limit of [1, 3, 7, 100]) {
      const seen: Winner[] = []
      for (let cursor: unknown = ''; cursor !== null; ) {
        const query = `?limit=${limit}${cursor === '' ? '' : `&cursor=${String(cursor)}`}`
        const page = await winnersOf(campaignId, query, undefined, seen.length % 2 === 0 ? first : second)
        expect(itemsOf(page).length).toBeLessThanOrEqual(limit)
        seen.push(...itemsOf(page))
        cursor = page.body['nextCursor']
      }
      expect(seen.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6, 7])
      expect(seen.map(({ userId }) => userId)).toEqual(users)
      expect(seen[0]).toMatchObject({ state: 'redeemed', orderId: '-order', revokedAt: null })
      expect(seen[1]).toMatchObject({ state: 'revoked', orderId: null, redeemedAt: null })
      expect(seen[2]).toMatchObject({ state: 'usable', orderId: null, revokedAt: null })
    }
  })

  test('are one CSV in UTF-8 for who accepts it, and no user id is a formula in it', async () => {
    const items = itemsOf(await winnersOf(campaignId))
    const csv = await winnersOf(campaignId, '', 'text/csv', second)
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    expect(csv.headers.get('content-disposition')).toBe(`attachment; filename="winners-${campaignId}.csv"`)
    expect(csv.headers.get('cache-control')).toBe('no-store')
    const [head, ...lines] = String(csv.body['text']).trimEnd().split('\r\n')
    expect(head?.split(',')).toEqual(Object.keys(items[0] ?? {}))
    expect(lines).toEqual(
      items.map((item) =>
        Object.values(item)
          .map((value) => (/^[+@-]/.test(String(value)) ? `'${value}` : (value ?? '')))
          .join(','),
      ),
    )
    expect(lines.join('').match(/'[+@-]/g)).toHaveLength(5)
  })

  test.each<[string | undefined, string]>([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json, text/csv;q=0.5', 'application/json'],
    ['text/html', 'application/json'],
    ['text/csv;q=0.9, application/json;q=0.1', 'text/csv; charset=utf-8; header=present'],
  ])('are for Accept %s: %s', async (accept, type) => {
    const { status, headers } = await winnersOf(campaignId, '', accept)
    expect([status, headers.get('content-type'), headers.get('vary')]).toEqual([200, type, 'Accept'])
  })

  test('of a campaign without any are an empty page, and one line of CSV', async () => {
    const empty = await createTestCampaign(first)
    expect((await winnersOf(empty)).body).toEqual({ items: [], nextCursor: null })
    expect(String((await winnersOf(empty, '', 'text/csv')).body['text'])).toMatch(/^rank,[\w,]+\r\n$/)
  })

  test('need an operator, a campaign that exists, and a good page', async () => {
    const url = `${first}/v1/admin/campaigns/${campaignId}/winners`
    expect((await ask(url, { token: tokenOf(users[0] ?? '') })).status).toBe(401)
    for (const accept of [undefined, 'text/csv'])
      expect((await winnersOf(randomUUIDv7(), '', accept)).body['code']).toBe('unknown-campaign')
    for (const [query, pointer] of [
      ['?limit=0', '/limit'],
      ['?limit=101', '/limit'],
      ['?cursor=x', '/cursor'],
      ['?cursor=', '/cursor'],
      [`?cursor=${Buffer.from('rank-0').toString('base64url')}`, '/cursor'],
      [`?cursor=${Buffer.from('rank-99999999999').toString('base64url')}`, '/cursor'],
    ])
      expect((await winnersOf(campaignId, query)).body).toMatchObject({ errors: [{ pointer }] })
  })
})
