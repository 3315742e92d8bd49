import { setTimeout as wait } from 'node:timers/promises'

/** How the ledger filled up. */
export type Drain = {
  rows: number
  /** When the last row was seen, in the clock that was given. */
  lastRowMs: number
  /** False when rows were still coming in when time was up. */
  isComplete: boolean
}

export type DrainOptions = {
  count(): Promise<number>
  /** Rows that are due. */
  expected: number
  /** The moment of the last answer. */
  fromMs: number
  /** No new row for this long: then none will come. */
  stallMs: number
  /** Not longer than this in all. */
  limitMs: number
  now(): number
}

// Counting a hundred thousand rows takes some 15 ms of the database that is still writing them.
const betweenCountsMs = 5

/**
 * Waits until the ledger has all rows that are due. Rows that stopped coming before that are what the comparison has to judge;
 * rows that are still coming are in flight.
 */
export const waitForDrain = async (options: DrainOptions): Promise<Drain> => {
  const { count, expected, fromMs, now } = options
  let rows = -1
  let lastRowMs = fromMs
  for (;;) {
    const counted = await count()
    const nowMs = now()
    if (counted !== rows) lastRowMs = nowMs
    rows = counted
    if (rows >= expected || nowMs - lastRowMs >= options.stallMs) return { rows, lastRowMs, isComplete: true }
    if (nowMs - fromMs >= options.limitMs) return { rows, lastRowMs, isComplete: false }
    await wait(betweenCountsMs)
  }
}
