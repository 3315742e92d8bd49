import { describe, expect, test } from 'vitest'
import { readIssue, readOutcome } from './answer.ts'

const coupon = { id: 'c', campaignId: 'k', userId: 'u', slot: 1, rank: 7, state: 'usable' }
const granted = { kind: 'granted', coupon: { couponId: 'c', campaignId: 'k', userId: 'u', slot: 1, rank: 7 } }
const problem = (code: string): string => JSON.stringify({ type: 'about:blank', code })

describe('what a shopper makes of an answer', () => {
  const issueAnswers: [string, number, string, object][] = [
    [
      'a coupon',
      201,
      JSON.stringify(coupon),
      { meaning: granted, outcome: 'granted', next: 'nothing', gate: 'deciding' },
    ],
    [
      'the same coupon',
      200,
      JSON.stringify(coupon),
      { meaning: granted, outcome: 'had it already', next: 'nothing', gate: 'deciding' },
    ],
    [
      'a yes that is not JSON',
      201,
      '{"id":',
      { meaning: { kind: 'unknown' }, next: 'outcome', gate: 'silent' },
    ],
    ['a yes without a rank', 200, '{"id":"c"}', { meaning: { kind: 'unknown' }, next: 'outcome' }],
    [
      'pending',
      202,
      JSON.stringify({ ...coupon, state: 'confirming' }),
      { meaning: { kind: 'confirming' }, next: 'outcome', gate: 'deciding' },
    ],
    [
      'sold out',
      409,
      problem('sold-out'),
      { meaning: { kind: 'sold-out' }, outcome: 'sold-out', next: 'nothing', gate: 'deciding' },
    ],
    [
      'closed',
      409,
      problem('closed'),
      { meaning: { kind: 'refused', code: 'closed' }, next: 'nothing', gate: 'silent' },
    ],
    ['a bad credential', 401, problem('unauthorized'), { meaning: { kind: 'refused' }, next: 'nothing' }],
    [
      'overloaded',
      503,
      problem('overloaded'),
      { meaning: { kind: 'unknown' }, outcome: 'overloaded', next: 'press', gate: 'silent' },
    ],
    [
      'a recovering gate',
      503,
      problem('recovering'),
      { meaning: { kind: 'unknown' }, outcome: 'recovering', next: 'press', gate: 'recovering' },
    ],
    ['too many tries', 429, problem('rate-limited'), { meaning: { kind: 'unknown' }, next: 'press' }],
    [
      'an internal error',
      500,
      problem('internal'),
      { meaning: { kind: 'unknown' }, outcome: '500 internal', next: 'outcome' },
    ],
    [
      'a page from a proxy',
      404,
      '<html>',
      { meaning: { kind: 'unknown' }, outcome: '404 unreadable', next: 'outcome' },
    ],
  ]

  test.each(issueAnswers)('reads the answer to a press: %s', (_, status, body, expected) => {
    expect(readIssue(status, body)).toMatchObject(expected)
  })

  const outcomeAnswers: [string, number, object, object][] = [
    // The ledger may have answered, so it says nothing about the gate.
    [
      'granted',
      200,
      { outcome: 'granted', coupons: [coupon] },
      { meaning: granted, outcome: 'granted', next: 'nothing', gate: 'silent' },
    ],
    [
      'confirming',
      200,
      { outcome: 'confirming', coupons: [], refreshAfterMs: 1_000 },
      { meaning: { kind: 'confirming' }, next: 'outcome', gate: 'silent', retryAfterMs: 1_000 },
    ],
    [
      'recovering',
      200,
      { outcome: 'recovering', coupons: [], refreshAfterMs: 1_000 },
      {
        meaning: { kind: 'unknown' },
        outcome: 'recovering',
        next: 'outcome',
        gate: 'recovering',
        retryAfterMs: 1_000,
      },
    ],
    [
      'none',
      200,
      { outcome: 'none', coupons: [] },
      { meaning: { kind: 'none' }, next: 'press', gate: 'deciding', retryAfterMs: 0 },
    ],
    [
      'unavailable',
      503,
      { code: 'unavailable' },
      { meaning: { kind: 'unknown' }, next: 'outcome', gate: 'silent' },
    ],
    [
      'granted without a coupon',
      200,
      { outcome: 'granted', coupons: [] },
      { meaning: { kind: 'unknown' }, next: 'outcome' },
    ],
  ]

  test.each(outcomeAnswers)('reads an outcome: %s', (_, status, body, expected) => {
    expect(readOutcome(status, JSON.stringify(body))).toMatchObject(expected)
  })

  test('Retry-After is in seconds; anything else is no wait', () => {
    expect(readIssue(503, problem('overloaded'), '2').retryAfterMs).toBe(2_000)
    expect(readIssue(503, problem('overloaded'), 'soon').retryAfterMs).toBe(0)
    expect(readIssue(503, problem('overloaded')).retryAfterMs).toBe(0)
  })
})
