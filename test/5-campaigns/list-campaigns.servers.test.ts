import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import {
  type ApiAnswer,
  ask,
  changeCampaign,
  createTestCampaign,
  newUser,
  operatorToken,
  press,
} from '../harness/processes/http-client.ts'

const [first, second] = inject('apiUrls')

const list = (query: Record<string, string>, url = first): Promise<ApiAnswer> =>
  ask(`${url}/v1/admin/campaigns?${new URLSearchParams(query).toString()}`, { token: operatorToken() })
const idsOf = ({ body }: ApiAnswer): string[] => (body['items'] as { id: string }[]).map(({ id }) => id)
const act = (campaignId: string, action: string): Promise<ApiAnswer> =>
  changeCampaign(first, campaignId, action)

describe('the list of campaigns', () => {
  test('is of one state and text where they are given, on every process', async () => {
    const text = `List ${randomUUID()}`
    const inAnHour = new Date(Date.now() + 3_000_000).toISOString()
    const create = (changes = {}): Promise<string> =>
      createTestCampaign(first, { name: `A ${text} b`, ...changes })
    const [scheduled, open, soldOut, paused, closed] = [
      await create({ opensAt: inAnHour }),
      await create(),
      await create({ stock: 1 }),
      await create(),
      await create(),
    ]
    await press(first, soldOut, newUser())
    await act(paused, 'pause')
    await act(closed, 'close')
    for (const url of [first, second]) {
      const found = async (state: string): Promise<string[]> =>
        idsOf(await list({ state, text: text.toUpperCase() }, url))
      expect(await found('scheduled')).toEqual([scheduled])
      // The ledger does not know that it is sold out; its gate does.
      expect(await found('open')).toEqual([soldOut, open])
      expect(await found('paused')).toEqual([paused])
      expect(await found('closed')).toEqual([closed])
    }
    const { body } = await list({ state: 'open', text })
    expect((body['items'] as { state: string }[]).map(({ state }) => state)).toEqual(['sold-out', 'open'])
  })

  test('goes on by its cursor with the same filter', async () => {
    const text = randomUUID()
    const ids = []
    for (let at = 0; at < 3; at += 1) ids.push(await createTestCampaign(first, { name: text }))
    const page = await list({ text, limit: '2' })
    expect(idsOf(page)).toEqual([ids[2], ids[1]])
    const next = await list({ text, limit: '2', cursor: String(page.body['nextCursor']) }, second)
    expect([idsOf(next), next.body['nextCursor']]).toEqual([[ids[0]], null])
  })

  test.each([
    ['state', 'sold-out'],
    ['state', 'recovering'],
    ['state', ''],
    ['state', 'Open'],
    ['text', ''],
    ['text', '   '],
    ['text', 'x'.repeat(201)],
  ])('refuses %s=%j, and names it', async (name, value) => {
    const { status, body } = await list({ [name]: value })
    expect([status, body['errors']]).toEqual([422, [{ pointer: `/${name}`, message: expect.any(String) }]])
  })

  test('names every parameter that is wrong', async () => {
    const { body } = await list({ state: 'x', text: '', limit: '0' })
    expect((body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual([
      ...['/limit', '/state', '/text'],
    ])
  })

  test('takes a text of 200 characters', async () => {
    expect(await list({ text: '한'.repeat(200) })).toMatchObject({ status: 200, body: { items: [] } })
  })
})
