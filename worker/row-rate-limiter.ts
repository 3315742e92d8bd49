/** How fast rows may go into the ledger. It never waits itself: whoever asks does. */
export type RowRateLimiter = {
  /** What may go in at once: a second's worth. */
  readonly burstRowsMax: number
  /** Counts these rows in, and says after how many milliseconds they may go. */
  reserve(rows: number): number
}

/** At most `rowsPerSecondMax` rows a second, 0 for as many as there are; what was not used is not saved up. */
export const createRowRateLimiter = (options: { rowsPerSecondMax: number; monotonicMs(): number }): RowRateLimiter => {
  const { rowsPerSecondMax, monotonicMs } = options
  if (rowsPerSecondMax === 0) return { burstRowsMax: Number.POSITIVE_INFINITY, reserve: () => 0 }
  let freeAtMs = 0
  return {
    burstRowsMax: rowsPerSecondMax,
    reserve(rows) {
      const nowMs = monotonicMs()
      const startAtMs = Math.max(nowMs, freeAtMs)
      freeAtMs = startAtMs + (rows * 1_000) / rowsPerSecondMax
      return startAtMs - nowMs
    },
  }
}
