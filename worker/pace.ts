/** How fast rows may go into the ledger. It never waits itself: whoever asks does. */
export type Pace = {
  /** What may go in at once: a second's worth. */
  readonly rowsAtOnceMax: number
  /** Counts these rows in, and says after how many milliseconds they may go. */
  take(rows: number): number
}

/** At most `rowsPerSecondMax` rows a second, 0 for as many as there are; what was not used is not saved up. */
export const createPace = (options: { rowsPerSecondMax: number; monotonicMs(): number }): Pace => {
  const { rowsPerSecondMax, monotonicMs } = options
  if (rowsPerSecondMax === 0) return { rowsAtOnceMax: Number.POSITIVE_INFINITY, take: () => 0 }
  let freeAtMs = 0
  return {
    rowsAtOnceMax: rowsPerSecondMax,
    take(rows) {
      const nowMs = monotonicMs()
      const startAtMs = Math.max(nowMs, freeAtMs)
      freeAtMs = startAtMs + (rows * 1_000) / rowsPerSecondMax
      return startAtMs - nowMs
    },
  }
}
