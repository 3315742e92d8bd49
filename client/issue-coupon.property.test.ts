import * as fc from 'fast-check'
import { test } from 'vitest'
import { createVirtualTimers, runThrough } from '../test/harness/values/virtual-timers.ts'
import { createClient } from './shopper-client.ts'

/** What happens to one request: it is lost before it arrives, its answer is lost, or it is answered. */
type Event = {
  fate:
    | 'answered'
    | 'lost-before'
    | 'lost-after'
    | 'overloaded'
    | 'recovering'
    | 'rate-limited'
    | 'unavailable'
  tookMs: number
  retryAfterSeconds: number
  /** Of a grant: polls until it is confirmed; more than there are events: never. */
  pollsToConfirm: number
  /** The state of the campaign, for those who have no coupon. */
  campaign: 'open' | 'sold-out' | 'paused' | 'closed'
}

const events = fc.array(
  fc.record<Event>({
    fate: fc.constantFrom(
      ...(['answered', 'answered', 'lost-before', 'lost-after', 'overloaded'] as const),
      ...(['recovering', 'rate-limited', 'unavailable'] as const),
    ),
    tookMs: fc.constantFrom(1, 30, 4_000, 20_000),
    retryAfterSeconds: fc.integer({ min: 1, max: 8 }),
    pollsToConfirm: fc.integer({ min: 0, max: 4 }),
    campaign: fc.constantFrom('open', 'open', 'sold-out', 'paused', 'closed'),
  }),
  { minLength: 1, maxLength: 30 },
)
const limits = fc.record({
  attemptsMax: fc.integer({ min: 1, max: 6 }),
  deadlineMs: fc.integer({ min: 1, max: 60_000 }),
  requestTimeoutMs: fc.constantFrom(100, 10_000),
})

type Request = { act: 'press' | 'outcome'; atMs: number; endMs: number; told: string; retryAfterMs?: number }

/** An API with one shopper. It forgets nothing: who was granted a coupon keeps it. */
const run = async (
  script: readonly Event[],
  limit: { attemptsMax: number; deadlineMs: number; requestTimeoutMs: number },
) => {
  const timers = createVirtualTimers()
  const requests: Request[] = []
  let held: { toConfirm: number } | undefined

  const answer = (act: string, event: Event): { status: number; body: object } => {
    const problem = (status: number, code: string) => ({ status, body: { code, detail: '' } })
    const { fate } = event
    if (fate === 'overloaded' || fate === 'recovering') return problem(503, fate)
    if (fate === 'rate-limited') return problem(429, fate)
    if (act === 'press' && held === undefined && event.campaign !== 'open')
      return problem(409, event.campaign)
    const isNew = act === 'press' && held === undefined
    if (isNew) held = { toConfirm: event.pollsToConfirm }
    else if (held !== undefined && held.toConfirm > 0) held.toConfirm -= 1
    if (fate === 'unavailable') return problem(503, fate)
    const isConfirmed = held?.toConfirm === 0
    const coupon = { id: 'coupon', slot: 1, rank: 1, state: isConfirmed ? 'usable' : 'confirming' }
    if (act === 'press') return { status: isConfirmed ? (isNew ? 201 : 200) : 202, body: coupon }
    const outcome = held === undefined ? 'none' : isConfirmed ? 'granted' : 'confirming'
    return {
      status: 200,
      body: { outcome, coupons: held === undefined ? [] : [coupon], retryAfterMs: 1_000 },
    }
  }

  const client = createClient({
    ...{ url: 'http://api', timers, ...limit },
    async fetch(_, { method, signal } = {}) {
      const event = script[Math.min(requests.length, script.length - 1)] ?? script[0]
      if (event === undefined) throw new Error('there is no event')
      const request: Request = {
        act: method === 'POST' ? 'press' : 'outcome',
        atMs: timers.nowMs(),
        endMs: 0,
        told: '',
      }
      requests.push(request)
      const said = event.fate === 'lost-before' ? undefined : answer(request.act, event)
      await new Promise<void>((resolve, reject) => {
        timers.after(event.tookMs, resolve)
        signal?.addEventListener('abort', () => {
          request.endMs = timers.nowMs()
          reject(new Error('aborted'))
        })
      })
      request.endMs = timers.nowMs()
      if (said === undefined || event.fate === 'lost-after') throw new TypeError('fetch failed')
      const { code, outcome } = said.body as { code?: string; outcome?: string }
      request.told = code ?? outcome ?? String(said.status)
      if (said.status >= 429) request.retryAfterMs = event.retryAfterSeconds * 1_000
      return new Response(JSON.stringify(said.body), {
        status: said.status,
        headers: said.status >= 429 ? { 'retry-after': String(event.retryAfterSeconds) } : {},
      })
    },
  })
  const result = await runThrough(timers, client.issue('campaign'))
  return { result, requests, held, endedMs: timers.nowMs() }
}

const expectAlways = (
  check: (ran: Awaited<ReturnType<typeof run>>, limit: Parameters<typeof run>[1]) => boolean,
) =>
  fc.assert(
    fc.asyncProperty(events, limits, async (script, limit) => check(await run(script, limit), limit)),
    { numRuns: 500 },
  )

const isCoupon = (kind: string): boolean => ['granted', 'already', 'confirming'].includes(kind)

test('who has a coupon is told so, or that nobody knows: never sold out, paused, closed or overloaded', () =>
  expectAlways(
    ({ result, held }) => held === undefined || isCoupon(result.kind) || result.kind === 'unknown',
  ))

test('who has none is never told that they have one', () =>
  expectAlways(({ result, held }) => held !== undefined || !isCoupon(result.kind)))

test('only a confirmed coupon is a yes', () =>
  expectAlways(({ result, held }) => !['granted', 'already'].includes(result.kind) || held?.toConfirm === 0))

test('sold out is said only when the last answer said so', () =>
  expectAlways(({ result, requests }) => result.kind !== 'soldOut' || requests.at(-1)?.told === 'sold-out'))

test('no more requests are sent than attempts may be made, but polls for a coupon that is being confirmed', () =>
  expectAlways(({ requests }, { attemptsMax }) => {
    const found = requests.findIndex(({ told }) => told === '202' || told === 'confirming')
    const before = found < 0 ? requests.length : found + 1
    const presses = requests.filter(({ act }) => act === 'press').length
    return presses <= attemptsMax && before <= attemptsMax
  }))

test('nothing is sent or waited for after the deadline', () =>
  expectAlways(
    ({ requests, endedMs }, { deadlineMs }) =>
      endedMs <= deadlineMs + 1e-6 && requests.every(({ atMs }, index) => index === 0 || atMs < deadlineMs),
  ))

test('nothing is sent before Retry-After is over', () =>
  expectAlways(({ requests }) =>
    requests.every(({ endMs, retryAfterMs = 0 }, index) => {
      const next = requests[index + 1]
      return next === undefined || next.atMs >= endMs + retryAfterMs
    }),
  ))

test('a refusal of the gate is the last request', () =>
  expectAlways(({ requests }) =>
    requests
      .slice(0, -1)
      .every(({ told }) => !['sold-out', 'paused', 'closed', '201', 'rejected'].includes(told)),
  ))
