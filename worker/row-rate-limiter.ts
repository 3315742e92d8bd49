/** Limits the rows a second that go into the ledger. It computes the delay; the caller waits. */
export type RowRateLimiter = {
  /** The most rows of one reservation: those of one second. */
  readonly burstRowsMax: number
  /** Reserves these rows and returns the delay in milliseconds before they may go in. */
  reserve(rows: number): number
}

/** At most `rowsPerSecondMax` rows a second; 0 is no limit. Unused capacity does not accumulate. */
export const createRowRateLimiter = (options: {
  rowsPerSecondMax: number
  monotonicMs(): number
}): RowRateLimiter => {
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
