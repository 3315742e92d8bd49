import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createCampaignShape } from '../../api/contract/create-campaign.ts'
import { digestOf } from '../../api/contract/idempotency-key.ts'
import { createCampaignRepository } from '../../coupon/ledger/campaigns.ts'
import { connectDatabase, type Database } from '../../platform/mysql/database.ts'
import {
  type ApiAnswer,
  ask,
  campaignDocument,
  newUser,
  operatorToken,
  press,
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
    const key = newKey()
    const document = campaignDocument()
    const terms = createCampaignShape.parse(document)
    const id = randomUUIDv7()
    await createCampaignRepository(database).createOnce(id, terms, Date.now(), {
      keyHash: digestOf(key.slice(1, -1)),
      bodyHash: digestOf(JSON.stringify(terms)),
    })
    const answer = await create(first, document, key)
    expect(answer).toMatchObject({ status: 201, body: { id } })
    expect((await press(second, id, newUser())).status).toBe(201)
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
