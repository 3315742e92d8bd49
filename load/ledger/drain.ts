import { setTimeout as wait } from 'node:timers/promises'
import type { DrainLag } from './drain-lag.ts'

/** The rows of a campaign when the wait for them ended. */
export type Drain = {
  rows: number
  /** When the last row was seen, in the given clock. */
  lastRowMs: number
  /** Whether all expected rows are there. */
  isComplete: boolean
}

export type DrainOptions = {
  count(): Promise<number>
  lag: DrainLag
  /** Rows to wait for. */
  expected: number
  /** When the last coupon was granted, in the given clock. */
  fromMs: number
  /** The wait ends after this long without a new row. */
  stallMs: number
  /** The wait ends after this long. */
  limitMs: number
  now(): number
}

// Counting 100,000 rows takes some 15 ms of a database that still writes them. The pause is as long as the
// count.
const betweenCountsMinMs = 5
// The lag is read only when rows are late, so that it costs a sound run nothing.
const lagIntervalMs = 500

/** Waits until the ledger has the expected rows, or every record of the log, or no more rows arrive. */
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
