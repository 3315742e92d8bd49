import { describe, expect, inject, test } from 'vitest'
import {
  type ApiAnswer,
  ask,
  campaignDocument,
  closedAnHourAgo,
  createTestCampaign,
  newUser,
  operatorToken,
  press,
} from '../harness/processes/http-client.ts'
import { until } from '../harness/values/until.ts'

const [first, second] = inject('apiUrls')

const viewOf = (url: string, campaignId: string): Promise<ApiAnswer> =>
  ask(`${url}/v1/campaigns/${campaignId}`)
const operatorsView = (url: string, campaignId: string): Promise<ApiAnswer> =>
  ask(`${url}/v1/admin/campaigns/${campaignId}`, { token: operatorToken() })
const inMs = (milliseconds: number): string => new Date(Date.now() + milliseconds).toISOString()

describe('the public page of a campaign', () => {
  test.concurrent('anyone reads the public facts without a credential, and nothing meant for operators', async () => {
    const sent = campaignDocument({ stock: 5, perUserLimit: 2 })
    const campaignId = await createTestCampaign(first, sent)
    for (const url of [first, second]) {
      const { status, headers, body } = await viewOf(url, campaignId)
      expect(status).toBe(200)
      const { serverTime, ...facts } = body
      expect(facts).toEqual({
        id: campaignId,
        name: 'Test sale',
        state: 'open',
        stock: 5,
        remaining: 5,
        perUserLimit: 2,
        opensAt: sent['opensAt'],
        closesAt: sent['closesAt'],
        soldOutAt: null,
        timeZone: 'UTC',
        eligibility: [],
        coupon: { ...(sent['coupon'] as object), usableFrom: sent['opensAt'] },
        refreshAfterMs: 2_000,
      })
      expect(serverTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      expect(headers.get('cache-control')).toBe('public, max-age=1')
      expect(headers.get('content-type')).toBe('application/json')
    }
  })

  test.concurrent('remaining falls as coupons are granted, on the page of either process', async () => {
    const campaignId = await createTestCampaign(first, { stock: 5 })
    for (let taken = 1; taken <= 3; taken += 1) await press(first, campaignId, newUser())
    for (const url of [first, second])
      await until('2 are left', async () => {
        const { body } = await viewOf(url, campaignId)
        return body['remaining'] === 2 && body['state'] === 'open'
      })
    const { body } = await operatorsView(second, campaignId)
    expect(body).toMatchObject({ stock: 5, granted: 3, remaining: 2, version: 1, state: 'open' })
  })

  test.concurrent('the state fits its own serverTime, from scheduled to closed', async () => {
    const [opensAt, closesAt] = [inMs(700), inMs(2_500)]
    const campaignId = await createTestCampaign(first, { stock: 1, opensAt, closesAt })
    const states = new Set<unknown>()
    await until('it is closed', async () => {
      const { body } = await viewOf(second, campaignId)
      const [time, state] = [String(body['serverTime']), body['state']]
      if (time < opensAt) expect(state).toBe('scheduled')
      else if (time >= closesAt) expect(state).toBe('closed')
      else expect(state).toBe(body['remaining'] === 0 ? 'sold-out' : 'open')
      states.add(state)
      if (state === 'open') await press(first, campaignId, newUser())
      return state === 'closed'
    })
    const order = ['scheduled', 'open', 'sold-out', 'closed']
    expect([...states]).toEqual(order.filter((state) => states.has(state)))
    expect((await operatorsView(first, campaignId)).body['state']).toBe('closed')
  })

  test.concurrent('a campaign whose last coupon is granted is sold out', async () => {
    const campaignId = await createTestCampaign(first, { stock: 2 })
    await Promise.all([press(first, campaignId, newUser()), press(second, campaignId, newUser())])
    for (const url of [first, second])
      await until('it reads sold out', async () => {
        const { body } = await viewOf(url, campaignId)
        return body['state'] === 'sold-out' && body['remaining'] === 0
      })
    expect((await operatorsView(first, campaignId)).body).toMatchObject({ state: 'sold-out', granted: 2 })
  })
})

describe('what operators create and read', () => {
  test.concurrent.each([
    ['scheduled', { opensAt: inMs(1_800_000) }],
    ['open', {}],
    ['closed', closedAnHourAgo()],
  ])('a campaign made %s reads the same for operators and the public at once', async (state, changes) => {
    const campaignId = await createTestCampaign(first, changes)
    const [open, own] = [await viewOf(second, campaignId), await operatorsView(second, campaignId)]
    expect(open.body['state']).toBe(state)
    const { refreshAfterMs, ...facts } = open.body
    expect(refreshAfterMs).toBe({ scheduled: 30_000, open: 2_000 }[state])
    const { granted, version, epoch, recovery, rehearsalOf, ...shared } = own.body
    expect([granted, version, epoch, recovery, rehearsalOf]).toEqual([0, 1, 1, null, null])
    expect({ ...shared, serverTime: '' }).toEqual({ ...facts, serverTime: '' })
  })

  test.concurrent('creation answers 201, a Location, and the same document there', async () => {
    const created = await ask(`${first}/v1/admin/campaigns`, {
      method: 'POST',
      token: operatorToken(),
      json: campaignDocument({ name: '여름 세일', stock: 3 }),
    })
    expect(created.status).toBe(201)
    const location = created.headers.get('location')
    expect(location).toBe(`/v1/admin/campaigns/${String(created.body['id'])}`)
    const read = await ask(`${second}${location}`, { token: operatorToken() })
    expect([read.status, { ...read.body, serverTime: '' }]).toEqual([
      200,
      { ...created.body, serverTime: '' },
    ])
    expect(read.headers.get('cache-control')).toBe('no-store')
    const list = await ask(`${second}/v1/admin/campaigns?limit=100`, { token: operatorToken() })
    const items = list.body['items'] as Record<string, unknown>[]
    const listed = items.find(({ id }) => id === created.body['id'])
    expect({ ...listed, serverTime: '' }).toEqual({ ...created.body, serverTime: '' })
  })

  test.concurrent.each(['x', '%00', '0'.repeat(36), 'x'.repeat(1_000)])(
    'a campaign that does not exist is 404: %s',
    async (id) => {
      const { status, body } = await operatorsView(first, id)
      expect([status, body['code']]).toEqual([404, 'unknown-campaign'])
    },
  )

  test.concurrent('two campaigns of the same document are two campaigns', async () => {
    const document = campaignDocument()
    const ids = await Promise.all([first, second, first].map((url) => createTestCampaign(url, document)))
    expect(new Set(ids).size).toBe(3)
  })

  test.concurrent('HEAD answers as GET does, without the body', async () => {
    const campaignId = await createTestCampaign(first)
    for (const path of [`/v1/campaigns/${campaignId}`, '/livez', '/problems/closed']) {
      const [head, get] = [await ask(`${first}${path}`, { method: 'HEAD' }), await ask(`${first}${path}`)]
      expect([head.status, head.body]).toEqual([200, { text: '' }])
      for (const name of ['content-type', 'cache-control'])
        expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)])
    }
  })
})
