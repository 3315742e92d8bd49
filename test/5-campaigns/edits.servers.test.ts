import { describe, expect, inject, test } from 'vitest'
import {
  type ApiAnswer,
  ask,
  campaignDocument,
  changeCampaign,
  createTestCampaign,
  listOf,
  newUser,
  operatorToken,
  press,
} from '../harness/processes/http-client.ts'
import { until } from '../harness/values/until.ts'

const [first, second] = inject('apiUrls')
const hourMs = 3_600_000

const inHours = (hours: number): string => new Date(Date.now() + hours * hourMs).toISOString()
const urlOf = (campaignId: string, url = first): string => `${url}/v1/admin/campaigns/${campaignId}`
const edit = (
  campaignId: string,
  fields: Record<string, unknown>,
  { url = first, ifMatch = '*' } = {},
): Promise<ApiAnswer> =>
  ask(urlOf(campaignId, url), {
    ...{ method: 'PATCH', token: operatorToken(), headers: { 'if-match': ifMatch } },
    json: { reason: 'a test', ...fields },
  })
const read = (campaignId: string): Promise<ApiAnswer> => ask(urlOf(campaignId), { token: operatorToken() })
const pointersOf = ({ body }: ApiAnswer): unknown[] =>
  ((body['errors'] ?? []) as { pointer: string }[]).map(({ pointer }) => pointer)
/** A campaign that opens in two hours. */
const createScheduled = (): Promise<string> =>
  createTestCampaign(first, {
    ...{ opensAt: inHours(2), closesAt: inHours(3) },
    coupon: {
      ...{ title: 'Off', discount: { kind: 'percent', value: 10 } },
      ...{ usableFrom: inHours(2), usableUntil: inHours(9) },
    },
  })

describe('a scheduled campaign', () => {
  test('may change in every part, and every process says so within a second', async () => {
    const campaignId = await createScheduled()
    const next = {
      ...{ name: '봄맞이 세일', stock: 7, opensAt: inHours(4), closesAt: inHours(5), perUserLimit: 3 },
      coupon: {
        title: '할인',
        discount: { kind: 'amount', value: 5_000, currency: 'KRW' },
        usableFrom: inHours(4),
        usableUntil: inHours(6),
      },
    }
    const { status, headers, body } = await edit(campaignId, next)
    expect([status, headers.get('etag')]).toEqual([200, '"2"'])
    expect(body).toMatchObject({ ...next, version: 2, state: 'scheduled' })
    for (const url of [first, second])
      await until(`${url} has it`, async () => {
        const page = (await ask(`${url}/v1/campaigns/${campaignId}`)).body
        return page['name'] === next.name && page['opensAt'] === next.opensAt
      })
  })

  test('keeps what an edit leaves out', async () => {
    const campaignId = await createScheduled()
    const { body: before } = await read(campaignId)
    const { body: after } = await edit(campaignId, { coupon: { title: 'Half off' } })
    const unclocked = { serverTime: null, version: null }
    expect({ ...after, ...unclocked }).toEqual({
      ...{ ...before, ...unclocked, recorded: true, applied: true },
      coupon: { ...(before['coupon'] as object), title: 'Half off' },
    })
  })

  test('opens at once when its opening is moved to now, and nobody is told to wait', async () => {
    const campaignId = await createScheduled()
    expect((await press(second, campaignId, newUser())).body['code']).toBe('not-open')
    expect((await edit(campaignId, { opensAt: new Date().toISOString() })).status).toBe(200)
    await until(
      'it has opened everywhere',
      async () => (await press(second, campaignId, newUser())).status === 201,
    )
  })

  test('null is the default: usable from the opening, one coupon each', async () => {
    const campaignId = await createScheduled()
    await edit(campaignId, { perUserLimit: 4 })
    const opensAt = inHours(1)
    const { body } = await edit(campaignId, { opensAt, perUserLimit: null, coupon: { usableFrom: null } })
    expect(body).toMatchObject({ perUserLimit: 1, coupon: { usableFrom: opensAt } })
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['closes before it opens', { closesAt: inHours(1) }, '/closesAt'],
    ['closes in the past', { opensAt: inHours(-2), closesAt: inHours(-1) }, '/closesAt'],
    ['has coupons that expire before it closes', { closesAt: inHours(10) }, '/coupon/usableUntil'],
    ['has an empty window', { coupon: { usableFrom: inHours(9.5) } }, '/coupon/usableUntil'],
    ['sells nothing', { stock: 0 }, '/stock'],
    ['has no name', { name: ' ' }, '/name'],
    ['has half a discount', { coupon: { discount: { kind: 'amount' } } }, '/coupon/discount/value'],
    ['has a state', { state: 'open' }, '/state'],
    ['has an unknown term', { coupon: { color: 'red' } }, '/coupon/color'],
  ])('is not edited to one that %s: 422 names the field', async (_, fields, pointer) => {
    const campaignId = await createScheduled()
    const answer = await edit(campaignId, fields)
    expect([answer.status, pointersOf(answer)]).toEqual([422, [pointer]])
    expect((await read(campaignId)).headers.get('etag')).toBe('"1"')
  })
})

describe('a campaign that has opened', () => {
  test('takes more stock, a higher limit, another name and close, and coupons that last longer', async () => {
    const campaignId = await createTestCampaign(first, { stock: 1 })
    const winner = newUser()
    expect((await press(first, campaignId, winner)).status).toBe(201)
    expect((await press(second, campaignId, newUser())).body['code']).toBe('sold-out')
    const usableUntil = inHours(900)
    const changes = {
      stock: 3,
      perUserLimit: 2,
      name: 'Longer',
      closesAt: inHours(200),
      coupon: { usableUntil },
    }
    const { status, body } = await edit(campaignId, changes)
    expect([status, body['remaining']]).toEqual([200, 2])
    expect((await press(second, campaignId, winner, 2)).status).toBe(201)
    await until('the winner sees it', async () => {
      const items = (await listOf(second, winner)).body['items'] as { usableUntil: string }[]
      return items.length === 2 && items.every((coupon) => coupon.usableUntil === usableUntil)
    })
  })

  test('gives nothing back that it promised: 409 names every part with its reason, and nothing is changed', async () => {
    const campaignId = await createTestCampaign(first, { stock: 5, perUserLimit: 2 })
    const { body: before } = await read(campaignId)
    const { usableUntil } = before['coupon'] as { usableUntil: string }
    const answer = await edit(campaignId, {
      ...{ name: 'Less', stock: 4, perUserLimit: 1, opensAt: inHours(1) },
      coupon: {
        ...{ title: 'Less', discount: { kind: 'percent', value: 1 }, usableFrom: inHours(1) },
        usableUntil: new Date(Date.parse(usableUntil) - 1).toISOString(),
      },
    })
    expect([answer.status, answer.body['code']]).toEqual([409, 'frozen'])
    const frozen = ['/stock', '/opensAt', '/perUserLimit', '/coupon/title', '/coupon/discount']
    expect(pointersOf(answer)).toEqual([...frozen, '/coupon/usableFrom', '/coupon/usableUntil'])
    for (const pointer of pointersOf(answer)) expect(answer.body['detail']).toContain(pointer)
    const { body: after } = await read(campaignId)
    expect({ ...after, serverTime: null }).toEqual({ ...before, serverTime: null })
  })

  test('stays open or paused as it was, and closed for good', async () => {
    const campaignId = await createTestCampaign(first)
    const act = (action: string): Promise<ApiAnswer> => changeCampaign(first, campaignId, action)
    await act('pause')
    expect((await edit(campaignId, { name: 'At rest' })).body['state']).toBe('paused')
    await act('close')
    const answer = await edit(campaignId, { closesAt: inHours(1) })
    expect([answer.status, answer.body['code']]).toEqual([409, 'frozen'])
  })
})

describe('an edit', () => {
  test('is one change, with what holds since then', async () => {
    const campaignId = await createScheduled()
    await edit(campaignId, { coupon: { title: 'Half off' } })
    const { body } = await ask(`${urlOf(campaignId)}/changes`, { token: operatorToken() })
    expect((body['items'] as unknown[])[0]).toMatchObject({
      ...{ version: 2, action: 'edited', by: 'operator', reason: 'a test' },
      settings: { coupon: { title: 'Half off' } },
    })
  })

  test.each([
    ['the name', { name: 'Another' }],
    ['a later end', { coupon: { usableUntil: inHours(901) } }],
    ['an earlier close', { closesAt: inHours(0.5) }],
    ['a higher limit', { perUserLimit: 9 }],
  ])('of %s alone is a change, and the same again is none', async (_, fields) => {
    const campaignId = await createTestCampaign(first)
    const tags = []
    for (const url of [first, second])
      tags.push((await edit(campaignId, fields, { url })).headers.get('etag'))
    expect(tags).toEqual(['"2"', '"2"'])
  })

  test('to a version that was changed meanwhile is 412', async () => {
    const campaignId = await createScheduled()
    expect((await edit(campaignId, { stock: 8 }, { ifMatch: '"1"' })).status).toBe(200)
    const late = await edit(campaignId, { stock: 9 }, { ifMatch: '"1"', url: second })
    expect([late.status, late.body['code'], late.headers.get('etag')]).toEqual([412, 'version', '"2"'])
  })

  test('needs If-Match, a reason, a JSON body, and a campaign', async () => {
    const campaignId = await createScheduled()
    expect((await edit(campaignId, {}, { ifMatch: '' })).status).toBe(428)
    expect(pointersOf(await edit(campaignId, { reason: undefined }))).toEqual(['/reason'])
    expect(pointersOf(await edit(campaignId, campaignDocument({ reason: ' ' })))).toEqual(['/reason'])
    const asText = await ask(urlOf(campaignId), {
      ...{ method: 'PATCH', token: operatorToken(), body: '{}' },
      headers: { 'if-match': '*', 'content-type': 'text/plain' },
    })
    expect(asText.status).toBe(415)
    expect((await edit('01900000-0000-7000-8000-000000000000', {})).status).toBe(404)
    expect((await ask(urlOf(campaignId), { method: 'PATCH' })).status).toBe(401)
  })
})
