import { setTimeout as wait } from 'node:timers/promises'
import type { DrainLag } from './drain-lag.ts'

/** How the ledger filled up. */
export type Drain = {
  rows: number
  /** When the last row was seen, in the clock that was given. */
  lastRowMs: number
  /** Whether all rows that were due are there. */
  isComplete: boolean
}

export type DrainOptions = {
  count(): Promise<number>
  lag: DrainLag
  /** Rows that are due. */
  expected: number
  /** The moment of the last yes, in the clock that is given. */
  fromMs: number
  /** No new row for this long: then none is waited for. */
  stallMs: number
  /** Not longer than this in all. */
  limitMs: number
  now(): number
}

// Counting a hundred thousand rows takes some 15 ms of the database that is still writing them: it is left alone as long again.
const betweenCountsMinMs = 5
// The lag is asked for only when rows are long in coming, so that it costs a sound run nothing.
const lagIntervalMs = 500

/** Waits until the ledger has the rows that are due, or has all that the log holds, or no more come. */
export const waitForDrain = async (options: DrainOptions): Promise<Drain> => {
  const { count, expected, fromMs, now } = options
  let tookMs = 0
  let rows = await count()
  let lastRowMs = Math.max(fromMs, now())
  let lagAtMs = lastRowMs + lagIntervalMs
  let hasPassed: Awaited<ReturnType<DrainLag['mark']>> | undefined
  for (;;) {
    if (rows >= expected) return { rows, lastRowMs, isComplete: true }
    const nowMs = now()
    if (nowMs - lastRowMs >= options.stallMs || nowMs - fromMs >= options.limitMs)
      return { rows, lastRowMs, isComplete: false }
    let isLast = false
    if (nowMs >= lagAtMs) {
      hasPassed ??= await options.lag.mark()
      isLast = (await hasPassed()) === true
      lagAtMs = now() + lagIntervalMs
    }
    await wait(Math.max(betweenCountsMinMs, tookMs))
    const countFromMs = now()
    const counted = await count()
    tookMs = now() - countFromMs
    if (counted > rows) lastRowMs = now()
    rows = counted
    if (isLast) return { rows, lastRowMs, isComplete: rows >= expected }
  }
}
