import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRateLimiter, noToken, type RateLimiter } from './rate-limiter.ts'

const slots = 1_024
const limiterOf = (perSecond: number, burst: number): RateLimiter =>
  createRateLimiter({ perSecond, burst, slots })
/** How many of `tries` at one moment get a token. */
const takenOf = (limiter: RateLimiter, key: string, nowMs: number, tries: number): number =>
  Array.from({ length: tries }, () => limiter.take(key, nowMs)).filter((token) => token !== noToken).length

test.each([1, 2, 3, 7, 20, 999, 2_000])(
  'with %i a second a key has its burst at once, and not one more',
  (perSecond) => {
    expect(takenOf(limiterOf(perSecond, 5 * perSecond), 'alice', 1_000, 6 * perSecond)).toBe(5 * perSecond)
  },
)

test('a key gets its tokens back with time, and never more than its burst', () => {
  const limiter = limiterOf(10, 5)
  expect(takenOf(limiter, 'alice', 0, 9)).toBe(5)
  expect(takenOf(limiter, 'alice', 99, 9)).toBe(0)
  expect(takenOf(limiter, 'alice', 100, 9)).toBe(1)
  expect(takenOf(limiter, 'alice', 350, 9)).toBe(2)
  expect(takenOf(limiter, 'alice', 400, 9)).toBe(1)
  expect(takenOf(limiter, 'alice', 3_600_000, 9)).toBe(5)
})

test('a refusal takes nothing: who goes on trying gets what a patient one gets', () => {
  const [patient, eager] = [limiterOf(10, 1), limiterOf(10, 1)]
  let given = 0
  for (let nowMs = 0; nowMs <= 1_000; nowMs += 1) if (eager.take('alice', nowMs) !== noToken) given += 1
  expect(given).toBe(11)
  expect(takenOf(patient, 'alice', 1_000, 9)).toBe(1)
})

test('keys do not share their tokens', () => {
  const limiter = limiterOf(1, 3)
  for (const key of ['alice', 'Alice', 'alicf', 'ecila', 'alice\0', '', '가'])
    expect([key, takenOf(limiter, key, 0, 9)]).toEqual([key, 3])
})

test('a token that is given back can be taken again', () => {
  const limiter = limiterOf(1, 3)
  for (let press = 0; press < 1_000; press += 1) {
    const token = limiter.take('winner', 0)
    expect(token).not.toBe(noToken)
    limiter.giveBack(token)
  }
  expect(takenOf(limiter, 'winner', 0, 9)).toBe(3)
})

test('it gives what a bucket for each key gives', () => {
  const presses = fc.array(fc.tuple(fc.integer({ min: 0, max: 700 }), fc.constantFrom('a', 'b', 'c')), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(presses, fc.integer({ min: 1, max: 8 }), (waits, burst) => {
      const limiter = limiterOf(4, burst)
      const buckets = new Map<string, { tokens: number; atMs: number }>()
      let nowMs = 0
      for (const [waitMs, key] of waits) {
        nowMs += waitMs
        const { tokens, atMs } = buckets.get(key) ?? { tokens: burst, atMs: nowMs }
        const now = Math.min(burst, tokens + (nowMs - atMs) / 250)
        const isGiven = now > 1 - 1e-6
        expect(limiter.take(key, nowMs) !== noToken).toBe(isGiven)
        buckets.set(key, { tokens: isGiven ? now - 1 : now, atMs: nowMs })
      }
    }),
  )
})

test('a million keys take no more memory than one, and do not hide the one that takes the most', () => {
  const limiter = limiterOf(20, 100)
  const bytes = process.memoryUsage().arrayBuffers
  let [nowMs, greedy] = [0, 0]
  for (let key = 0; key < 1_000_000; key += 1) {
    // 40 keys a millisecond, each for the first time, and one that comes every time.
    if (key % 40 === 0) nowMs += 1
    limiter.take(`user-${key}`, nowMs)
    if (limiter.take('greedy', nowMs) !== noToken) greedy += 1
  }
  expect(process.memoryUsage().arrayBuffers - bytes).toBeLessThan(1_000_000)
  // 25 s: 100 at once and 20 a second.
  expect(greedy).toBeLessThanOrEqual(600)
  expect(greedy).toBeGreaterThanOrEqual(599)
})
