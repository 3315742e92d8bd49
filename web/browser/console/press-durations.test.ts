import { expect, test } from 'vitest'
import { durationsBetween, longestLimit, quantileOf } from './press-durations.ts'

const buckets = (...counts: number[]) =>
  ['0.01', '0.1', '+Inf'].map((le, index) => ({ le, count: counts[index] ?? 0 }))

test('durations are those of the presses between two frames, of all kinds of answers together', () => {
  const later = [...buckets(50, 90, 100), ...buckets(0, 5, 10)]
  const between = durationsBetween([...buckets(10, 10, 10), ...buckets(0, 0, 0)], later)
  expect(between).toEqual({
    count: 100,
    buckets: [
      { leMs: 10, count: 40 },
      { leMs: 100, count: 85 },
      { leMs: Infinity, count: 100 },
    ],
  })
  expect([0.4, 0.5, 0.85, 0.99].map((part) => quantileOf(between, part))).toEqual([10, 100, 100, Infinity])
  expect(longestLimit(between)).toBe(100)
})

test('without presses no limit was kept', () => {
  expect(quantileOf(durationsBetween(buckets(3, 3, 3), buckets(3, 3, 3)), 0.5)).toBeNull()
  expect(quantileOf(durationsBetween([], []), 0.99)).toBeNull()
})
