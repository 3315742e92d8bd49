import { afterEach, expect, test } from 'vitest'
import {
  type ScriptedApi,
  type ScriptedReply,
  startScriptedApi,
} from '../test/harness/processes/scripted-api.ts'
import { createTimersBesideFetch } from '../test/harness/values/virtual-timers.ts'
import { createOperatorClient } from './operator-client.ts'
import { ApiError, createClient } from './shopper-client.ts'

let api: ScriptedApi | undefined
afterEach(() => api?.close())

const campaign: ScriptedReply = { status: 200, body: { id: 'campaign', remaining: 3, version: 1 } }
const busy: ScriptedReply = { status: 503, body: { code: 'overloaded', detail: 'full' }, retryAfter: '2' }

/** Answers in this order; the last one is repeated. */
const start = async (replies: readonly ScriptedReply[]) => {
  const { timers, fetch } = createTimersBesideFetch()
  const started = await startScriptedApi((_, index) => {
    const reply = replies[Math.min(index, replies.length - 1)] ?? 'nothing'
    if (reply === 'nothing') timers.fire()
    return reply
  })
  api = started
  return { url: started.url, requests: started.requests, timers, fetch, random: () => 0 }
}

test('a read is tried again after faults of the network, 429 and 503, and waits for Retry-After', async () => {
  const options = await start(['drop', busy, { ...busy, status: 429 }, 'cut', campaign])
  expect(await createClient(options).campaign('campaign')).toMatchObject({ remaining: 3 })
  expect(options.timers.nowMs()).toBeGreaterThanOrEqual(4_000)
})

test.each([
  [busy, 'overloaded', 503, 2_000],
  ['drop', 'no-answer', 0, undefined],
  ['nothing', 'no-answer', 0, undefined],
  [{ status: 200, body: '<html>' }, 'no-answer', 0, undefined],
  [{ status: 200, body: { hello: 'world' } }, 'no-answer', 0, undefined],
  [{ status: 504, body: '<html>' }, 'no-answer', 504, undefined],
] as const)(
  'a read that fails in every attempt throws why: %j',
  async (reply, code, status, retryAfterMs) => {
    const options = await start([reply])
    const fault = await createClient({ ...options, attemptsMax: 3 })
      .campaign('campaign')
      .catch((cause: unknown) => cause)
    expect(fault).toBeInstanceOf(ApiError)
    expect(fault).toMatchObject({ code, status, retryAfterMs })
    expect(options.requests).toHaveLength(3)
  },
)

test('a server that is not there is named in the message', async () => {
  const { url, ...options } = await start([campaign])
  await api?.close()
  const fault = createClient({ url, ...options, attemptsMax: 1 }).campaign('campaign')
  await expect(fault).rejects.toThrow(/^no answer of the API: .*ECONNREFUSED/)
})

test.each([400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 415, 417, 422, 428, 431, 451])(
  'a read that is refused with %i is not tried again',
  async (status) => {
    const options = await start([{ status, body: { code: 'unknown-coupon', detail: 'You have none.' } }])
    const fault = createClient(options).coupon('coupon')
    await expect(fault).rejects.toMatchObject({
      code: 'unknown-coupon',
      status,
      message: `${status} unknown-coupon: You have none.`,
    })
    expect(options.requests).toHaveLength(1)
  },
)

test('a retry spreads over the time after Retry-After, and over twice the half of the backoff without it', async () => {
  const waits = async (reply: ScriptedReply, random: number): Promise<number> => {
    const options = await start([reply, campaign])
    await createClient({ ...options, random: () => random }).campaign('campaign')
    await api?.close()
    return options.timers.nowMs()
  }
  expect([await waits(busy, 0), await waits(busy, 0.5)]).toEqual([2_000, 2_100])
  expect([await waits('drop', 0), await waits('drop', 0.5)]).toEqual([100, 200])
})

test('Retry-After as a date is understood', async () => {
  const inAnHour = new Date(Date.now() + 3_600_000).toUTCString()
  const options = await start([{ ...busy, retryAfter: inAnHour }])
  const fault = createClient(options).campaign('campaign')
  await expect(fault).rejects.toMatchObject({ code: 'overloaded' })
  expect(options.requests).toHaveLength(1)
})

test('all pages of a list come one after the other, each by the cursor of the one before', async () => {
  const page = (ids: string[], nextCursor: string | null): ScriptedReply => ({
    status: 200,
    body: { items: ids.map((id) => ({ id })), nextCursor, complete: true },
  })
  const options = await start([page(['3', '2'], 'a&b'), page(['1'], null)])
  const ids: string[] = []
  for await (const { id } of createClient(options).usableCoupons({ limit: 2 })) ids.push(id)
  expect(ids).toEqual(['3', '2', '1'])
  expect(options.requests.map(({ target }) => target)).toEqual([
    '/v1/coupons?limit=2',
    '/v1/coupons?limit=2&cursor=a%26b',
  ])
})

test('a list with a page that is not complete does not end as if it were all', async () => {
  const options = await start([
    { status: 200, body: { items: [{ id: '1' }], nextCursor: null, complete: false } },
  ])
  const coupons = createClient(options).usableCoupons()
  expect((await coupons.next()).value).toMatchObject({ id: '1' })
  await expect(coupons.next()).rejects.toThrow('there may be more')
})

test('an id cannot leave its place in the path', async () => {
  const options = await start([campaign])
  await createClient(options).campaign('../admin?x=')
  expect(options.requests[0]?.target).toBe('/v1/campaigns/..%2Fadmin%3Fx%3D')
})

test('a creation waits for the first request with its key, and sends the same key', async () => {
  const inFlight = { status: 409, body: { code: 'in-flight', detail: '' }, retryAfter: '1' }
  const options = await start(['drop', inFlight, { status: 201, body: { id: 'campaign', version: 1 } }])
  const terms = {
    ...{ name: 'Sale', stock: 1, opensAt: 'now', closesAt: 'then' },
    coupon: { title: 'A coupon', discount: { kind: 'percent', value: 10 }, usableUntil: 'then' },
  } as const
  const keys: (string | null)[] = []
  const operator = createOperatorClient({
    ...options,
    fetch(input, init) {
      keys.push(new Headers(init?.headers).get('idempotency-key'))
      return options.fetch(input, init)
    },
  })
  expect((await operator.createCampaign(terms, 'the "first"')).id).toBe('campaign')
  expect(keys).toEqual(Array(3).fill('"the \\"first\\""'))
})

test('a coupon that is given back has no answer, and that is none that was lost', async () => {
  const options = await start([{ status: 204, body: '' }])
  await createClient(options).giveBack('coupon', 'order/1')
  expect(options.requests.map(({ target }) => target)).toEqual(['/v1/coupons/coupon/redemptions/order%2F1'])
})
