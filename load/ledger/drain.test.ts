import { describe, expect, test } from 'vitest'
import { waitForDrain } from './drain.ts'
import { unknownLag } from './drain-lag.ts'

/** Waits for a ledger that counts these rows in turn; the clock moves 10 ms at each look. */
const drainOf = (counts: number[], changes: object = {}) => {
  let nowMs = 0
  return waitForDrain({
    count: async () => (counts.length > 1 ? counts.shift() : counts[0]) ?? 0,
    lag: unknownLag,
    expected: 10,
    fromMs: 0,
    stallMs: 100,
    limitMs: 1_000,
    now: () => {
      nowMs += 10
      return nowMs
    },
    ...changes,
  })
}

describe('the wait for rows', () => {
  test('the wait ends when all rows are recorded', async () => {
    expect(await drainOf([2, 2, 10])).toMatchObject({ rows: 10, isComplete: true })
    expect(await drainOf([12])).toMatchObject({ rows: 12, isComplete: true })
  })

  test('the wait ends when no more rows come; the ledger is then not complete', async () => {
    expect(await drainOf([2, 4])).toMatchObject({ rows: 4, isComplete: false })
  })

  test('the wait ends when the ledger has every record of the log', async () => {
    const lag = { mark: async () => async () => true, close: async () => {} }
    expect(await drainOf([2], { lag, stallMs: 1_000_000, limitMs: 1_000_000 })).toMatchObject({
      rows: 2,
      isComplete: false,
    })
  })
})
