import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { countInversions, type Inversions, type RankedArrival } from './inversions.ts'

const arrivedBefore = (left: RankedArrival, right: RankedArrival): boolean =>
  left.arrivedMs < right.arrivedMs || (left.arrivedMs === right.arrivedMs && left.number < right.number)

/** What 99 % of the values are at most: the lowest value with that share at or below it. */
const p99Of = (values: readonly number[]): number =>
  Math.min(
    ...values.filter((value) => values.filter((other) => other <= value).length >= values.length * 0.99),
  )

/** The definition: every pair is looked at. */
const countNaively = (arrivals: readonly RankedArrival[]): Inversions => {
  const overtakersOf = (one: RankedArrival): RankedArrival[] =>
    arrivals.filter((other) => arrivedBefore(one, other) && other.rank < one.rank)
  const overtaken = arrivals.filter((one) => overtakersOf(one).length > 0)
  const lastOver = (one: RankedArrival): number =>
    Math.max(...overtakersOf(one).map(({ arrivedMs }) => arrivedMs))
  const laterMs = overtaken.map((one) => lastOver(one) - one.arrivedMs)
  const ranks = overtaken.map((one) => overtakersOf(one).length)
  const widthOf = (values: readonly number[]) =>
    values.length === 0 ? { p99: 0, max: 0 } : { p99: p99Of(values), max: Math.max(...values) }
  return {
    arrivals: arrivals.length,
    inversions: ranks.reduce((left, right) => left + right, 0),
    overtaken: overtaken.length,
    laterMs: widthOf(laterMs),
    ranks: widthOf(ranks),
    afterAnswer: overtaken.filter((one) => lastOver(one) > one.answeredMs).length,
  }
}

/** Few instants and few ranks, so that many are equal; losers share the rank behind the last. */
const someArrivals = fc
  .array(
    fc.record({
      arrivedMs: fc.integer({ min: 0, max: 20 }),
      tookMs: fc.integer({ min: 0, max: 8 }),
      rank: fc.integer({ min: 1, max: 30 }),
    }),
    { maxLength: 150 },
  )
  .map((drawn) =>
    drawn.map(({ arrivedMs, tookMs, rank }, index) => ({
      ...{ arrivedMs, rank },
      answeredMs: arrivedMs + tookMs,
      // Unique, as the numbers of one process are, and in no order with the list.
      number: (index * 37) % 151,
    })),
  )

test('inversions, the overtaken and how far they were overtaken are those of the definition', () => {
  fc.assert(
    fc.property(someArrivals, (arrivals) => {
      expect(countInversions(arrivals)).toEqual(countNaively(arrivals))
    }),
  )
})

test('who arrived in the same instant is in the order of the numbers, whatever the list says', () => {
  const at = (number: number, rank: number): RankedArrival => ({
    ...{ number, rank },
    arrivedMs: 1,
    answeredMs: 2,
  })
  expect(countInversions([at(2, 2), at(1, 1), at(3, 3)]).inversions).toBe(0)
  expect(countInversions([at(1, 2), at(2, 1), at(3, 3)]).inversions).toBe(1)
})

test('nobody is overtaken in an empty run, nor when the ranks are the order of arrival', () => {
  const none = { inversions: 0, overtaken: 0, afterAnswer: 0 }
  expect(countInversions([])).toMatchObject({ ...none, arrivals: 0, laterMs: { p99: 0, max: 0 } })
  const ordered = Array.from({ length: 1_000 }, (_, index) => ({
    ...{ arrivedMs: index, answeredMs: index + 5, number: index, rank: index + 1 },
  }))
  expect(countInversions(ordered)).toMatchObject({ ...none, arrivals: 1_000 })
})
