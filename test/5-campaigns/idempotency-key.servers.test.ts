import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { connectDatabase, type Database } from '../../platform/mysql/database.ts'
import {
  type ApiAnswer,
  ask,
  campaignDocument,
  closedAnHourAgo,
  newUser,
  operatorToken,
  press,
  storeCreation,
} from '../harness/processes/http-client.ts'

const [first, second] = inject('apiUrls')
let database: Database
beforeAll(() => {
  const url = inject('environment')['DATABASE_URL'] ?? ''
  database = connectDatabase({ url, connectionsMax: 1, queryTimeoutMs: 10_000 })
})
afterAll(() => database.close())

const newKey = (): string => `"sale ${randomUUID()}"`
const create = (url: string, document: Record<string, unknown>, key: string): Promise<ApiAnswer> =>
  ask(`${url}/v1/admin/campaigns`, {
    method: 'POST',
    token: operatorToken(),
    json: document,
    headers: { 'idempotency-key': key },
  })

describe('asking again with the same Idempotency-Key is safe', () => {
  test('twenty at once on both processes make one campaign', async () => {
    const key = newKey()
    const document = campaignDocument({ name: key })
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, turn) => create(turn % 2 === 0 ? first : second, document, key)),
    )
    const made = answers.filter(({ status }) => status === 201)
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([])
    expect(new Set(made.map(({ body }) => body['id'])).size).toBe(1)
    const rows = await database.read('SELECT campaign_id FROM campaigns WHERE name = ?', [key])
    expect(rows).toHaveLength(1)
  })

  test('a repeat is 201 with the same Location, whatever the order of its fields', async () => {
    const key = newKey()
    const document = campaignDocument()
    const made = await create(first, document, key)
    const turned = Object.fromEntries(Object.entries(document).reverse())
    const again = await create(second, turned, key)
    expect([made.status, again.status]).toEqual([201, 201])
    expect(again.headers.get('location')).toBe(made.headers.get('location'))
  })

  test('a repeat after a crash before the arming finishes it, and the very next press wins', async () => {
    const document = campaignDocument()
    const id = randomUUIDv7()
    const key = await storeCreation(id, document)
    const answer = await create(first, document, key)
    expect(answer).toMatchObject({ status: 201, body: { id } })
    expect((await press(second, id, newUser())).status).toBe(201)
  })

  test('a repeat is answered as before when the campaign and its coupons are over by now', async () => {
    const document = campaignDocument({ ...closedAnHourAgo() })
    const coupon = document['coupon'] as Record<string, unknown>
    const over = { ...document, coupon: { ...coupon, usableUntil: document['closesAt'] } }
    const id = randomUUIDv7()
    const key = await storeCreation(id, over)
    for (const url of [first, second])
      expect(await create(url, over, key)).toMatchObject({ status: 201, body: { id, state: 'closed' } })
    expect(await create(first, { ...over, stock: 6 }, key)).toMatchObject({
      status: 422,
      body: { code: 'key-reused' },
    })
  })

  test('a first creation with a key is refused when the campaign is over, and the key stays free', async () => {
    const key = newKey()
    const document = campaignDocument({ name: key })
    expect(await create(first, { ...document, ...closedAnHourAgo() }, key)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/closesAt', message: 'expected a time after now' }] },
    })
    expect(await create(second, document, key)).toMatchObject({ status: 201, body: { name: key } })
  })

  test('another body with the same key is refused, and creates nothing', async () => {
    const key = newKey()
    const [one, other] = [campaignDocument({ stock: 5 }), campaignDocument({ name: key, stock: 6 })]
    expect((await create(first, one, key)).status).toBe(201)
    expect(await create(second, other, key)).toMatchObject({ status: 422, body: { code: 'key-reused' } })
    expect(await database.read('SELECT 1 FROM campaigns WHERE name = ?', [key])).toEqual([])
  })

  test.each(['""', '"', '"a', 'a b', '"a"b', `"${'x'.repeat(256)}"`, 'x'.repeat(256), '"쿠폰"'])(
    'a malformed key is 400: %s',
    async (key) => {
      const sent = Buffer.from(key).toString('latin1')
      expect(await create(first, campaignDocument(), sent)).toMatchObject({
        status: 400,
        body: { code: 'idempotency-key' },
      })
    },
  )

  test.each([
    `"${'x'.repeat(200)}${randomUUID()}"`,
    `token-${randomUUID()}`,
    `"a \\"quoted\\" ${randomUUID()}"`,
  ])('a key of another form is accepted: %s', async (key) => {
    expect((await create(first, campaignDocument(), key)).status).toBe(201)
  })
})
