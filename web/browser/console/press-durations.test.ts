import { expect, test } from 'vitest'
import { limitMs, longestLimit, mergeDurations, quantileOf } from './press-durations.ts'

const partOf = (...counts: number[]) =>
  new Map(['0.01', '0.1', '+Inf'].map((le, index) => [limitMs(le), counts[index] ?? 0]))

test('durations of all processes are merged by bucket, and each bucket holds those below it', () => {
  const merged = mergeDurations([partOf(40, 40, 10), partOf(0, 5, 5)])
  expect(merged).toEqual({
    count: 100,
    buckets: [
      { leMs: 10, count: 40 },
      { leMs: 100, count: 85 },
      { leMs: Infinity, count: 100 },
    ],
  })
  expect([0.4, 0.5, 0.85, 0.99].map((part) => quantileOf(merged, part))).toEqual([10, 100, 100, Infinity])
  expect(longestLimit(merged)).toBe(100)
})

test('a p99.9 is that of one slow press in a thousand', () => {
  expect(quantileOf(mergeDurations([partOf(999, 0, 1)]), 0.999)).toBe(10)
  expect(quantileOf(mergeDurations([partOf(998, 0, 2)]), 0.999)).toBe(Infinity)
})

test('buckets with other ends, of a process of another version, are in order too', () => {
  const merged = mergeDurations([partOf(10, 0, 0), new Map([[50, 10]])])
  expect([0.5, 0.9].map((part) => quantileOf(merged, part))).toEqual([10, 50])
})

test('without presses no limit was kept', () => {
  expect(quantileOf(mergeDurations([partOf(0, 0, 0)]), 0.5)).toBeNull()
  expect(quantileOf(mergeDurations([]), 0.99)).toBeNull()
})
