import { describe, expect, inject, test } from 'vitest'
import { type ApiAnswer, ask, campaignDocument, operatorToken } from '../harness/processes/http-client.ts'

const [first] = inject('apiUrls')
const path = '/v1/admin/campaigns'

/** Creates a campaign from these very bytes. */
const createAs = async (type: string, body: string | Uint8Array<ArrayBuffer>): Promise<ApiAnswer> => {
  const headers = { authorization: `Bearer ${operatorToken()}`, 'content-type': type }
  const response = await fetch(`${first}${path}`, { method: 'POST', headers, body })
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) }
}

const text = JSON.stringify(campaignDocument())

describe('the body of a new campaign', () => {
  test.each([
    ['nothing', ''],
    ['half a document', text.slice(0, -1)],
    ['a comma too many', '{"name":"a",}'],
    ['single quotes', "{'name':'a'}"],
    ['two documents', `${text}{}`],
    ['8,000 open brackets', '['.repeat(8_000)],
    ['a form', 'name=a&stock=1'],
  ])('a body that is no JSON is 400: %s', async (_, body) => {
    const answer = await createAs('application/json', body)
    expect([answer.status, answer.body['code']]).toEqual([400, 'malformed'])
  })

  test('a body that is not UTF-8 is 400, and creates no campaign with another name', async () => {
    const latin1 = Buffer.from(JSON.stringify(campaignDocument({ name: 'Soldes à Genève' })), 'latin1')
    const answer = await createAs('application/json', Uint8Array.from(latin1))
    expect([answer.status, answer.body['code']]).toEqual([400, 'malformed'])
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'json', ''])(
    'another media type is 415: %s',
    async (type) => {
      const answer = await createAs(type, text)
      expect([answer.status, answer.body['code']]).toEqual([415, 'unsupported-media-type'])
    },
  )

  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=UTF-8'])(
    'JSON is accepted as %s',
    async (type) => {
      const answer = await createAs(type, text)
      expect(answer.status).toBe(201)
    },
  )

  test('what is accepted comes back with defaults, UTC times and names in any language', async () => {
    const sent = campaignDocument({
      name: '봄맞이 세일 🌸'.padEnd(190, '한'),
      stock: 10_000_000,
      opensAt: '2026-11-27T09:00:00+09:00',
      closesAt: '2099-12-31T23:59:59.000Z',
      coupon: { title: 't', discount: { kind: 'percent', value: 100 }, usableUntil: '2099-12-31T23:59:59Z' },
    })
    const { status, headers, body } = await createAs('application/json', JSON.stringify(sent))
    expect(status).toBe(201)
    expect(body).toMatchObject({
      name: sent['name'],
      stock: 10_000_000,
      remaining: 10_000_000,
      perUserLimit: 1,
      opensAt: '2026-11-27T00:00:00.000Z',
      closesAt: '2099-12-31T23:59:59.000Z',
      coupon: {
        title: 't',
        discount: { kind: 'percent', value: 100 },
        usableFrom: '2026-11-27T00:00:00.000Z',
        usableUntil: '2099-12-31T23:59:59.000Z',
      },
    })
    expect(headers.get('location')).toBe(`${path}/${String(body['id'])}`)
    const read = await ask(`${first}${headers.get('location')}`, { token: operatorToken() })
    expect({ ...read.body, serverTime: '' }).toEqual({ ...body, serverTime: '' })
  })
})
