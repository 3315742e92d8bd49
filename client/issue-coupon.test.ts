import { afterEach, describe, expect, test } from 'vitest'
import {
  type ScriptedApi,
  type ScriptedReply,
  startScriptedApi,
} from '../test/harness/processes/scripted-api.ts'
import { createTimersBesideFetch } from '../test/harness/values/virtual-timers.ts'
import type { IssueResult } from './issue-coupon.ts'
import { type ClientOptions, createClient, type IssueOptions } from './shopper-client.ts'

let api: ScriptedApi | undefined
afterEach(() => api?.close())

const coupon = { id: 'coupon', slot: 1, rank: 7, state: 'usable' }
const confirmingCoupon = { ...coupon, state: 'confirming' }
const granted: ScriptedReply = { status: 201, body: coupon }
const confirming: ScriptedReply = { status: 202, body: confirmingCoupon, retryAfter: '1' }
const refused = (status: number, code: string, retryAfter?: string): ScriptedReply => ({
  ...{ status, body: { code, detail: 'why' } },
  ...(retryAfter === undefined ? {} : { retryAfter }),
})
const outcomeIs = (outcome: string, coupons: object[] = [], retryAfterMs?: number): ScriptedReply => ({
  status: 200,
  body: { outcome, coupons, retryAfterMs },
})
const holds = outcomeIs('granted', [coupon])
const none = outcomeIs('none')
const unavailable = refused(503, 'unavailable', '1')
const overloaded = refused(503, 'overloaded', '2')

type Issued = { result: IssueResult; acts: string[]; tookMs: number; targets: string[] }

/** Issues against these answers, in this order; the last one is repeated. */
const issue = async (
  replies: readonly ScriptedReply[],
  { attemptsMax = 5, ...options }: IssueOptions & Pick<ClientOptions, 'attemptsMax'> = {},
): Promise<Issued> => {
  const { timers, fetch } = createTimersBesideFetch()
  const scripted = await startScriptedApi((_, index) => {
    const reply = replies[Math.min(index, replies.length - 1)] ?? 'nothing'
    // The client's patience ends, and nothing else does.
    if (reply === 'nothing') timers.fire()
    return reply
  })
  api = scripted
  const client = createClient({ url: scripted.url, timers, fetch, attemptsMax, random: () => 0 })
  const result = await client.issue('campaign', options)
  return {
    ...{ result, tookMs: timers.nowMs() },
    acts: scripted.requests.map(({ act }) => act),
    targets: scripted.requests.map(({ target }) => target),
  }
}

describe('an answer of the gate is the result, and is asked for once', () => {
  test.each<[string, ScriptedReply, object]>([
    ['201', granted, { kind: 'granted', coupon }],
    ['200', { status: 200, body: coupon }, { kind: 'already', coupon }],
    ['sold-out', refused(409, 'sold-out'), { kind: 'soldOut' }],
    ['closed', refused(409, 'closed'), { kind: 'closed' }],
    ['paused', refused(409, 'paused', '3'), { kind: 'paused', retryAfterMs: 3_000 }],
    ['not-eligible', refused(403, 'not-eligible'), { kind: 'notEligible' }],
    ['unauthorized', refused(401, 'unauthorized'), { kind: 'unauthorized' }],
    ['unknown-campaign', refused(404, 'unknown-campaign'), { kind: 'unknownCampaign' }],
    ['invalid', refused(422, 'invalid'), { kind: 'invalid', problem: { code: 'invalid' } }],
    ['a code of a later version', refused(409, 'of-tomorrow'), { kind: 'rejected', status: 409 }],
    ['a page of a proxy', { status: 403, body: '<html>' }, { kind: 'rejected', status: 403 }],
    [
      'not-open',
      { status: 409, body: { code: 'not-open', opensAt: 'then', serverTime: 'now' }, retryAfter: '60' },
      { kind: 'notOpen', opensAt: 'then', serverTime: 'now' },
    ],
  ])('%s', async (_, reply, expected) => {
    const { result, acts, tookMs } = await issue([reply])
    expect(result).toMatchObject(expected)
    expect([acts, tookMs]).toEqual([['press'], 0])
  })

  test.each([400, 404, 405, 408, 409, 413, 417, 422, 431])('%i is never tried again', async (status) => {
    expect((await issue([refused(status, 'some-code'), granted])).acts).toEqual(['press'])
  })
})

describe('a press that did nothing', () => {
  test.each([
    ['overloaded', overloaded],
    ['recovering', refused(503, 'recovering', '2')],
    ['rate-limited', refused(429, 'rate-limited', '2')],
  ])('is sent again after Retry-After: %s', async (_, reply) => {
    const { result, acts, tookMs } = await issue([reply, granted])
    expect([result.kind, acts, tookMs]).toEqual(['granted', ['press', 'press'], 2_000])
  })

  test('is told from one of which nothing is known, when no attempt is left', async () => {
    const { result, acts } = await issue([overloaded], { attemptsMax: 3 })
    expect(result).toMatchObject({ kind: 'overloaded', retryAfterMs: 2_000, problem: { code: 'overloaded' } })
    expect(acts).toEqual(['press', 'press', 'press'])
  })

  test('is not waited for beyond the deadline', async () => {
    const { result, acts, tookMs } = await issue([refused(503, 'recovering', '60')], { deadlineMs: 30_000 })
    expect([result.kind, acts, tookMs]).toEqual(['recovering', ['press'], 0])
  })
})

describe('a press without an answer', () => {
  const lost: [string, ScriptedReply][] = [
    ['a connection that is closed', 'drop'],
    ['an answer that is cut off', 'cut'],
    ['a server that does not answer', 'nothing'],
    ['JSON that is no coupon', { status: 201, body: { hello: 'world' } }],
    ['a page instead of JSON', { status: 200, body: '<html>' }],
    ['unavailable', unavailable],
    ['a proxy without its server', { status: 502, body: '<html>' }],
  ]

  test.each(lost)('is asked for before it is sent again, and was a win: %s', async (_, reply) => {
    const { result, acts } = await issue([reply, holds])
    expect([result, acts]).toEqual([{ kind: 'granted', coupon }, ['press', 'outcome']])
  })

  test.each(lost)('is sent again when they have none: %s', async (_, reply) => {
    const { result, acts } = await issue([reply, none, refused(409, 'sold-out')])
    expect([result.kind, acts]).toEqual(['soldOut', ['press', 'outcome', 'press']])
  })

  test.each(lost)('stays unknown when nobody can say, and is no sell-out: %s', async (_, reply) => {
    const { result, acts } = await issue([reply, unavailable], { attemptsMax: 3 })
    expect([result.kind, acts]).toEqual(['unknown', ['press', 'outcome', 'outcome']])
  })

  test('stays unknown after a further press that was refused without a decision', async () => {
    const { result } = await issue(['drop', none, overloaded], { attemptsMax: 3 })
    expect(result.kind).toBe('unknown')
  })

  test('stays unknown when the outcome is forbidden', async () => {
    const { result } = await issue(['drop', refused(401, 'unauthorized')])
    expect(result).toMatchObject({ kind: 'unknown', problem: { code: 'unauthorized' } })
  })

  test('is asked for again while the gate is being recovered', async () => {
    const { result, acts } = await issue(['drop', outcomeIs('recovering', [], 1_000), holds])
    expect([result.kind, acts]).toEqual(['granted', ['press', 'outcome', 'outcome']])
  })

  test('is polled when it was granted and is being confirmed', async () => {
    const { result } = await issue(['drop', outcomeIs('confirming', [confirmingCoupon], 1_000), holds])
    expect(result.kind).toBe('granted')
  })

  test('is not taken for one of another slot', async () => {
    const { result, targets } = await issue(['drop', holds, { status: 201, body: { ...coupon, slot: 2 } }], {
      slot: 2,
    })
    expect(result).toMatchObject({ kind: 'granted', coupon: { slot: 2 } })
    const path = '/v1/campaigns/campaign/coupons'
    expect(targets).toEqual([`${path}?slot=2`, `${path}/mine`, `${path}?slot=2`])
  })

  test('is asked for after an error of the server, and is not sent again', async () => {
    const broken = refused(500, 'internal')
    expect((await issue([broken, holds])).result.kind).toBe('granted')
    const { result, acts } = await issue([broken, none])
    expect([result.kind, acts]).toEqual(['unknown', ['press', 'outcome']])
  })
})

describe('a coupon that is being confirmed', () => {
  const waits = outcomeIs('confirming', [confirmingCoupon], 1_000)

  test('is asked for until it is confirmed, however often that is', async () => {
    const { result, acts, tookMs } = await issue([confirming, ...Array<ScriptedReply>(9).fill(waits), holds])
    expect([result, acts.length, tookMs]).toEqual([{ kind: 'granted', coupon }, 11, 10_000])
  })

  test('is asked for through failures too', async () => {
    const { result } = await issue([confirming, 'drop', unavailable, 'nothing', overloaded, 'cut', holds])
    expect(result.kind).toBe('granted')
  })

  test('is no yes at the deadline', async () => {
    const { result, tookMs } = await issue([confirming, waits], { deadlineMs: 5_000 })
    expect(result).toEqual({ kind: 'confirming', coupon: confirmingCoupon })
    expect(tookMs).toBeLessThan(5_000)
  })

  test('is pressed for again when the gate was lost before it was confirmed', async () => {
    const { result, acts } = await issue([confirming, none, granted])
    expect([result.kind, acts]).toEqual(['granted', ['press', 'outcome', 'press']])
  })
})

describe('a caller', () => {
  test('who aborts gets the reason, and the request is not answered any more', async () => {
    const stop = new AbortController()
    const reason = new Error('the page was closed')
    api = await startScriptedApi(() => {
      stop.abort(reason)
      return 'nothing'
    })
    const patience = { requestTimeoutMs: 600_000, deadlineMs: 600_000 }
    const client = createClient({ url: api.url, ...patience })
    await expect(client.issue('campaign', { signal: stop.signal })).rejects.toBe(reason)
    await expect(client.issue('campaign', { signal: stop.signal })).rejects.toBe(reason)
    expect(api.requests).toHaveLength(1)
  })

  test.each([
    ['during a pause', (abort: () => void) => setImmediate(abort)],
    ['just before it', (abort: () => void) => abort()],
  ])('who aborts %s waits no longer', async (_, soon) => {
    const stop = new AbortController()
    const reason = new Error('the page was closed')
    api = await startScriptedApi(() => overloaded)
    const timers = {
      nowMs: () => 0,
      after: (ms: number, _run: () => void) => {
        if (ms === 2_000) soon(() => stop.abort(reason))
        return () => undefined
      },
    }
    const client = createClient({ url: api.url, timers, random: () => 0 })
    await expect(client.issue('campaign', { signal: stop.signal })).rejects.toBe(reason)
  })

  test('brings a token for every request, and learns why it could not be brought', async () => {
    api = await startScriptedApi((_, index) => (index === 0 ? 'drop' : holds))
    const { timers, fetch } = createTimersBesideFetch()
    let tokens = 0
    const token = async (): Promise<string> => `token of user-${++tokens}`
    await createClient({ url: `${api.url}/`, token, timers, fetch }).issue('campaign')
    expect(api.requests.map(({ userId }) => userId)).toEqual(['user-1', 'user-2'])
    const fault = new Error('signed out')
    const signedOut = createClient({ url: api.url, token: () => Promise.reject(fault) })
    await expect(signedOut.issue('campaign')).rejects.toBe(fault)
  })
})
