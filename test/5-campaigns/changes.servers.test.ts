import { describe, expect, inject, test } from 'vitest'
import { gatherCrowd } from '../harness/processes/crowd.ts'
import {
  type ApiAnswer,
  ask,
  campaignDocument,
  createTestCampaign,
  newUser,
  operatorToken,
  press,
} from '../harness/processes/http-client.ts'
import { until } from '../harness/values/until.ts'

const [first, second] = inject('apiUrls')

const change = (
  campaignId: string,
  action: string,
  { url = first, ifMatch = '*', ...body }: { url?: string; ifMatch?: string; [field: string]: unknown } = {},
): Promise<ApiAnswer> =>
  ask(`${url}/v1/admin/campaigns/${campaignId}/${action}`, {
    method: action === 'stock' ? 'PUT' : 'POST',
    token: operatorToken(),
    headers: ifMatch === '' ? {} : { 'if-match': ifMatch },
    json: { reason: 'a test', ...body },
  })
const codeOf = ({ status, body }: ApiAnswer): unknown[] => [status, body['code']]
const publicState = async (url: string, campaignId: string): Promise<unknown> =>
  (await ask(`${url}/v1/campaigns/${campaignId}`)).body['state']

describe('a campaign that is changed', () => {
  test('from the answer to a pause on, no process grants a coupon', async () => {
    const campaignId = await createTestCampaign(first, { stock: 100_000 })
    const crowd = gatherCrowd({ urls: [first, second], campaignId, people: 16, pauseMs: 0 })
    await crowd.goesOn(200)
    const { status, body } = await change(campaignId, 'pause')
    const granted = body['granted']
    expect([status, body['state']]).toEqual([200, 'paused'])
    await crowd.goesOn(200)
    await crowd.end()
    expect(crowd.pressed.at(-1)?.body['code']).toBe('paused')
    const read = await ask(`${first}/v1/admin/campaigns/${campaignId}`, { token: operatorToken() })
    expect(read.body['granted']).toBe(granted)
  })

  test.each([
    ['pause', 'paused'],
    ['close', 'closed'],
  ])('after %s the pages of all processes say %s', async (action, state) => {
    const campaignId = await createTestCampaign(first)
    await change(campaignId, action)
    for (const url of [first, second])
      await until(`${url} says ${state}`, async () => (await publicState(url, campaignId)) === state)
  })

  test('a winner keeps the coupon through pause, resumption and closure, and nobody else gets one while it rests', async () => {
    const campaignId = await createTestCampaign(first)
    const [winner, other] = [newUser(), newUser()]
    expect((await press(first, campaignId, winner)).status).toBe(201)
    await change(campaignId, 'pause')
    expect((await press(second, campaignId, winner)).status).toBe(200)
    expect(codeOf(await press(second, campaignId, other))).toEqual([409, 'paused'])
    await change(campaignId, 'resume', { url: second })
    expect((await press(first, campaignId, other)).status).toBe(201)
    await change(campaignId, 'close')
    expect((await press(second, campaignId, winner)).status).toBe(200)
    expect(codeOf(await press(second, campaignId, newUser()))).toEqual([409, 'closed'])
  })

  test('more stock reopens a sale that was sold out, on every process', async () => {
    const campaignId = await createTestCampaign(first, { stock: 1 })
    await press(first, campaignId, newUser())
    for (const url of [first, second])
      expect(codeOf(await press(url, campaignId, newUser()))).toEqual([409, 'sold-out'])
    const { status, body } = await change(campaignId, 'stock', { stock: 3 })
    expect([status, body['stock'], body['remaining'], body['state']]).toEqual([200, 3, 2, 'open'])
    for (const url of [first, second]) expect((await press(url, campaignId, newUser())).status).toBe(201)
    expect(codeOf(await press(second, campaignId, newUser()))).toEqual([409, 'sold-out'])
    // The ledger takes the ranks above the first stock too.
    const audit = `${first}/v1/admin/campaigns/${campaignId}/audit`
    await until(
      'the audit passes',
      async () => (await ask(audit, { token: operatorToken() })).body['verdict'] === 'pass',
    )
  })

  test('a sale that was sold out for a while reopens for presses at once, and for the pages of all processes', async () => {
    const campaignId = await createTestCampaign(first, { stock: 2 })
    const facts = async (url: string): Promise<unknown[]> => {
      const { body } = await ask(`${url}/v1/campaigns/${campaignId}`)
      return [body['state'], body['stock'], body['remaining']]
    }
    const crowd = gatherCrowd({ urls: [first, second], campaignId, people: 8, pauseMs: 0 })
    for (const url of [first, second])
      await until(`${url} says sold out`, async () => (await publicState(url, campaignId)) === 'sold-out')
    await crowd.end()
    expect((await change(campaignId, 'stock', { stock: 4, url: second })).status).toBe(200)
    // The very next press of each process wins, whatever its pages say.
    for (const url of [first, second]) expect((await press(url, campaignId, newUser())).status).toBe(201)
    for (const url of [first, second])
      await until(`${url} shows the stock`, async () => {
        const found = await facts(url)
        return JSON.stringify(found) === JSON.stringify(['sold-out', 4, 0])
      })
  })

  test('what would take back a promise is refused, and says why', async () => {
    const campaignId = await createTestCampaign(first, { stock: 5 })
    const lowered = await change(campaignId, 'stock', { stock: 4 })
    expect([...codeOf(lowered), lowered.body['detail']]).toEqual([
      409,
      'frozen',
      expect.stringContaining('can only be raised'),
    ])
    await change(campaignId, 'close')
    for (const action of ['pause', 'resume'])
      expect(codeOf(await change(campaignId, action))).toEqual([409, 'frozen'])
    expect(codeOf(await change(campaignId, 'stock', { stock: 50 }))).toEqual([409, 'frozen'])
  })
})

describe('two operators', () => {
  test('a change to a version that was changed meanwhile is 412, and changes nothing', async () => {
    const campaignId = await createTestCampaign(first)
    const read = await ask(`${first}/v1/admin/campaigns/${campaignId}`, { token: operatorToken() })
    const ifMatch = read.headers.get('etag') ?? ''
    expect(ifMatch).toBe('"1"')
    const paused = await change(campaignId, 'pause', { ifMatch })
    expect([paused.status, paused.headers.get('etag')]).toEqual([200, '"2"'])
    const late = await change(campaignId, 'close', { ifMatch, url: second })
    expect([...codeOf(late), late.headers.get('etag')]).toEqual([412, 'version', '"2"'])
    expect(await publicState(first, campaignId)).toBe('paused')
  })

  test('of two changes to one version exactly one is made', async () => {
    const campaignId = await createTestCampaign(first)
    const answers = await Promise.all(
      [first, second].map((url, index) =>
        change(campaignId, 'stock', { url, ifMatch: '"1"', stock: 200 + index }),
      ),
    )
    expect(answers.map(({ status }) => status).sort((left, right) => left - right)).toEqual([200, 412])
  })

  test.each(['', '"x"', '2', 'W/"2"', '"1", "2"'])('If-Match %j is 428', async (ifMatch) => {
    const campaignId = await createTestCampaign(first)
    expect(codeOf(await change(campaignId, 'pause', { ifMatch }))).toEqual([428, 'version-required'])
  })

  test('a change that is repeated is answered as the first, and is one change', async () => {
    const campaignId = await createTestCampaign(first)
    for (const url of [first, second]) expect((await change(campaignId, 'pause', { url })).status).toBe(200)
    const { body } = await ask(`${second}/v1/admin/campaigns/${campaignId}/changes`, {
      token: operatorToken(),
    })
    expect((body['items'] as { action: string }[]).map(({ action }) => action)).toEqual(['paused', 'created'])
  })
})

test('every change says who made it, when, from where and why, and what holds since then', async () => {
  const campaignId = await createTestCampaign(first, campaignDocument({ stock: 10 }))
  await change(campaignId, 'stock', { stock: 12, reason: '한정 수량 추가' })
  const { status, body } = await ask(`${first}/v1/admin/campaigns/${campaignId}/changes`, {
    token: operatorToken(),
  })
  const [raised, created] = body['items'] as Record<string, unknown>[]
  expect(status).toBe(200)
  expect(raised).toMatchObject({
    version: 2,
    action: 'stock-raised',
    by: 'operator',
    from: '127.0.0.1',
    reason: '한정 수량 추가',
    settings: { stock: 12 },
  })
  expect(created).toMatchObject({ version: 1, action: 'created', by: 'operator', settings: { stock: 10 } })
})

test.each([
  ['no reason', {}, '/reason'],
  ['a reason of spaces', { reason: '   ' }, '/reason'],
  ['a reason of 201 characters', { reason: 'x'.repeat(201) }, '/reason'],
  ['a field that nobody knows', { reason: 'why', until: 1 }, '/until'],
])('a pause with %s is 422 and names the field', async (_, json, pointer) => {
  const campaignId = await createTestCampaign(first)
  const { status, body } = await ask(`${first}/v1/admin/campaigns/${campaignId}/pause`, {
    ...{ method: 'POST', token: operatorToken(), headers: { 'if-match': '*' }, json },
  })
  expect([status, (body['errors'] as { pointer: string }[])[0]?.pointer]).toEqual([422, pointer])
})

test.each([
  ['pause', {}],
  ['resume', {}],
  ['close', {}],
  ['stock', { stock: 5 }],
])('%s of a campaign that nobody knows is 404', async (action, body) => {
  const answer = await change('01900000-0000-7000-8000-000000000000', action, body)
  expect(codeOf(answer)).toEqual([404, 'unknown-campaign'])
})
