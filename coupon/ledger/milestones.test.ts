import { expect, test } from 'vitest'
import { recordedChange } from '../../test/harness/values/recorded-change.ts'
import { milestoneRanks, milestonesOf, stockAt, stockLevelsOf } from './milestones.ts'

/** Changes, oldest first, as [stock, time]; version 1 is the first. */
const levelsOf = (...stocks: [stock: number, atMs: number][]) =>
  stockLevelsOf(
    stocks.map(([stock, atMs], index) => recordedChange({ version: index + 1, stock, atMs })).toReversed(),
  )
/** Grants that come every millisecond from 1,000 on, up to a rank, but for those that are given. */
const found = (
  levels: ReturnType<typeof levelsOf>,
  lastRank: number,
  others: Readonly<Record<number, number>> = {},
): string[] => {
  const times = milestoneRanks(levels, lastRank).map(
    (rank) => [rank, others[rank] ?? 999 + rank] as [number, number],
  )
  return milestonesOf(levels, new Map(times)).map(({ kind, rank }) => `${kind} ${rank}`)
}

test.each<[string, [number, number][], number, string[]]>([
  ['nobody won', [[100, 0]], 0, []],
  ['one won', [[100, 0]], 1, ['first 1']],
  ['one won the only coupon', [[1, 0]], 1, ['first 1', 'half 1', 'sold-out 1']],
  ['half of an odd stock is the larger one', [[5, 0]], 4, ['first 1', 'half 3']],
  [
    'a thousand of a thousand',
    [[1_000, 0]],
    1_000,
    ['first 1', 'half 500', 'thousandth 1000', 'sold-out 1000'],
  ],
  ['the clock of the creator was ahead', [[2, 9_999]], 2, ['first 1', 'half 1', 'sold-out 2']],
])('%s', (_, stocks, lastRank, expected) => {
  expect(found(levelsOf(...stocks), lastRank)).toEqual(expected)
})

test('more stock after a sell-out leaves it where it was, and makes a second one', () => {
  const levels = levelsOf([10, 0], [30, 5_000])
  const later = { 15: 6_000, 30: 7_000 }
  expect(found(levels, 12)).toEqual(['first 1', 'half 5', 'sold-out 10'])
  expect(found(levels, 30, later)).toEqual(['first 1', 'half 5', 'sold-out 10', 'half 15', 'sold-out 30'])
})

test('more stock before the sell-out moves it, and a half that was passed before is none', () => {
  const levels = levelsOf([100, 0], [150, 1_089])
  expect(found(levels, 150)).toEqual(['first 1', 'half 50', 'sold-out 150'])
})

test('a stock that was lowered and raised before the opening counts once', () => {
  const levels = levelsOf([10, 0], [4, 1], [10, 2])
  expect(found(levels, 10)).toEqual(['first 1', 'half 5', 'sold-out 10'])
})

test('a stock is not known before the oldest change that was read', () => {
  const levels = stockLevelsOf([
    recordedChange({ version: 8, stock: 30, atMs: 9_000 }),
    recordedChange({ version: 7, stock: 20, atMs: 8_000 }),
  ])
  expect([stockAt(levels, 7_999), stockAt(levels, 8_000), stockAt(levels, 9_000)]).toEqual([
    undefined,
    20,
    30,
  ])
  expect(milestonesOf(levels, new Map([[1, 7_000]]))).toEqual([
    { kind: 'first', rank: 1, atMs: 7_000, stock: undefined },
  ])
})

test('however often the stock was set, about a hundred ranks are looked for', () => {
  const stocks = Array.from({ length: 900 }, (_, index): [number, number] => [10_000 + 2 * index, index])
  expect(milestoneRanks(levelsOf(...stocks), 1_000_000).length).toBeLessThanOrEqual(102)
})
