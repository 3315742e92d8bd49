import { expect, test } from 'vitest'
import { readIssue, readOutcome } from './answer.ts'

const coupon = { id: 'c', campaignId: 'k', userId: 'u', slot: 1, rank: 7, state: 'usable' }
const told = { kind: 'granted', coupon: { couponId: 'c', campaignId: 'k', userId: 'u', slot: 1, rank: 7 } }
const problem = (code: string): string => JSON.stringify({ type: 'about:blank', code })

const issueAnswers: [string, number, string, object][] = [
  ['a coupon', 201, JSON.stringify(coupon), { told, outcome: 'granted', next: 'nothing', gate: 'deciding' }],
  [
    'the same coupon',
    200,
    JSON.stringify(coupon),
    { told, outcome: 'had it already', next: 'nothing', gate: 'deciding' },
  ],
  ['a yes that nobody can read', 201, '{"id":', { told: { kind: 'unknown' }, next: 'ask', gate: 'silent' }],
  ['a yes without a rank', 200, '{"id":"c"}', { told: { kind: 'unknown' }, next: 'ask' }],
  [
    'pending',
    202,
    JSON.stringify({ ...coupon, state: 'confirming' }),
    { told: { kind: 'confirming' }, next: 'ask', gate: 'deciding' },
  ],
  [
    'sold out',
    409,
    problem('sold-out'),
    { told: { kind: 'sold-out' }, outcome: 'sold-out', next: 'nothing', gate: 'deciding' },
  ],
  [
    'closed',
    409,
    problem('closed'),
    { told: { kind: 'refused', code: 'closed' }, next: 'nothing', gate: 'silent' },
  ],
  ['a bad credential', 401, problem('unauthorized'), { told: { kind: 'refused' }, next: 'nothing' }],
  [
    'overloaded',
    503,
    problem('overloaded'),
    { told: { kind: 'unknown' }, outcome: 'overloaded', next: 'press', gate: 'silent' },
  ],
  [
    'a gate that is being brought back',
    503,
    problem('recovering'),
    { told: { kind: 'unknown' }, outcome: 'recovering', next: 'press', gate: 'recovering' },
  ],
  ['too many tries', 429, problem('rate-limited'), { told: { kind: 'unknown' }, next: 'press' }],
  ['a fault', 500, problem('internal'), { told: { kind: 'unknown' }, outcome: '500 internal', next: 'ask' }],
  ['a page of a proxy', 404, '<html>', { told: { kind: 'unknown' }, outcome: '404 unreadable', next: 'ask' }],
]

test.each(issueAnswers)('a press answered with %s', (_, status, body, expected) => {
  expect(readIssue(status, body)).toMatchObject(expected)
})

const outcomeAnswers: [string, number, object, object][] = [
  // It may be the ledger that knows.
  [
    'granted',
    200,
    { outcome: 'granted', coupons: [coupon] },
    { told, outcome: 'granted', next: 'nothing', gate: 'silent' },
  ],
  [
    'confirming',
    200,
    { outcome: 'confirming', coupons: [], retryAfterMs: 1_000 },
    { told: { kind: 'confirming' }, next: 'ask', gate: 'silent', retryAfterMs: 1_000 },
  ],
  [
    'recovering',
    200,
    { outcome: 'recovering', coupons: [], retryAfterMs: 1_000 },
    {
      ...{ told: { kind: 'unknown' }, outcome: 'recovering', next: 'ask' },
      ...{ gate: 'recovering', retryAfterMs: 1_000 },
    },
  ],
  [
    'none',
    200,
    { outcome: 'none', coupons: [] },
    { told: { kind: 'none' }, next: 'press', gate: 'deciding', retryAfterMs: 0 },
  ],
  ['unavailable', 503, { code: 'unavailable' }, { told: { kind: 'unknown' }, next: 'ask', gate: 'silent' }],
  [
    'granted without a coupon',
    200,
    { outcome: 'granted', coupons: [] },
    { told: { kind: 'unknown' }, next: 'ask' },
  ],
]

test.each(outcomeAnswers)('the outcome route answering %s', (_, status, body, expected) => {
  expect(readOutcome(status, JSON.stringify(body))).toMatchObject(expected)
})

test('Retry-After is read in seconds, and nonsense is no wait', () => {
  expect(readIssue(503, problem('overloaded'), '2').retryAfterMs).toBe(2_000)
  expect(readIssue(503, problem('overloaded'), 'soon').retryAfterMs).toBe(0)
  expect(readIssue(503, problem('overloaded')).retryAfterMs).toBe(0)
})
