import { expect, test } from 'vitest'
import { axisEnd, pathOf } from './line-chart.ts'

test('a line breaks where a value is unknown, and begins where the chart does', () => {
  const points = [
    { atMs: 0, value: 9 },
    { atMs: 100, value: 0 },
    { atMs: 150, value: 10 },
    { atMs: 175, value: null },
    { atMs: 200, value: 5 },
  ]
  expect(pathOf(points, { fromMs: 100, toMs: 200, max: 10 })).toBe('M0.0 120.0L300.0 0.0M600.0 60.0')
  expect(pathOf([], { fromMs: 0, toMs: 0, max: 0 })).toBe('')
})

test.each([
  [0, 1],
  [1, 1],
  [3, 5],
  [99, 100],
  [101, 200],
  [5_001, 10_000],
])('an axis for %s ends at %s', (value, end) => {
  expect(axisEnd(value)).toBe(end)
})
