import { expect, test } from 'vitest'
import { timelineOf } from './timeline.ts'

const grants = Array.from({ length: 801 }, (_, index) => 1_000 + index)
const samples = [
  { atMs: 990, rows: 7 },
  { atMs: 1_400, rows: 200 },
  { atMs: 1_800, rows: 801 },
]

test('grants are counted, rows lie between samples, and both begin at 0 with the first press', () => {
  const points = timelineOf(grants.toReversed(), samples, { firstPressMs: 1_000, lastRowMs: 1_800 })
  const at = (ms: number) => points.find((point) => point.ms === ms)
  expect(points).toHaveLength(81)
  expect(at(0)).toEqual({ ms: 0, grants: 1, rows: 0 })
  expect(at(200)).toEqual({ ms: 200, grants: 201, rows: 100 })
  expect(at(400)).toEqual({ ms: 400, grants: 401, rows: 200 })
  expect(points.at(-1)).toEqual({ ms: 800, grants: 801, rows: 801 })
})

test('nothing granted and nothing seen is a line of zeros', () => {
  const points = timelineOf([], [], { firstPressMs: 0, lastRowMs: 80 })
  expect(points.at(-1)).toEqual({ ms: 80, grants: 0, rows: 0 })
})
