import { expect, test } from 'vitest'
import { createLogLagEstimate } from './log-lag.ts'

const at = (...offsets: number[]) => new Map(offsets.entries())

test('a ledger that has all is not behind', () => {
  expect(createLogLagEstimate().add(at(5, 7), at(5, 7), 1_000)).toEqual({ records: 0, ms: 0 })
})

test('the age is that of the oldest reading whose end the ledger has not reached', () => {
  const estimate = createLogLagEstimate()
  estimate.add(at(5, 7), at(5, 7), 1_000)
  expect(estimate.add(at(8, 7), at(5, 7), 2_000)).toEqual({ records: 3, ms: 0 })
  expect(estimate.add(at(9, 9), at(5, 7), 3_000)).toEqual({ records: 6, ms: 1_000 })
  // It has what was there at 2,000, and not what came by 3,000.
  expect(estimate.add(at(9, 9), at(8, 7), 4_000)).toEqual({ records: 3, ms: 1_000 })
  expect(estimate.add(at(9, 9), at(9, 9), 5_000)).toEqual({ records: 0, ms: 0 })
})

test('a partition without a position was never recorded', () => {
  expect(createLogLagEstimate().add(at(2), new Map(), 1_000)).toEqual({ records: 2, ms: 0 })
})

test('what it remembers is bounded: an older age reads as ten minutes', () => {
  const estimate = createLogLagEstimate()
  let lag = estimate.add(at(1), at(0), 0)
  for (let second = 1; second <= 2_000; second += 1) lag = estimate.add(at(1), at(0), second * 1_000)
  expect(lag).toEqual({ records: 1, ms: 599_000 })
})
