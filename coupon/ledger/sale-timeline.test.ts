import { expect, test } from 'vitest'
import { evenRanks } from './sale-timeline.ts'

test.each([
  [0, 5, []],
  [1, 5, [1]],
  [4, 5, [1, 2, 3, 4]],
  [9, 5, [1, 3, 5, 7, 9]],
  [1_000_000, 3, [1, 500_001, 1_000_000]],
  [9, 1, [1]],
])('of %s ranks, at most %s are taken: %s', (lastRank, count, ranks) => {
  expect(evenRanks(lastRank, count)).toEqual(ranks)
})
