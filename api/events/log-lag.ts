/** How far the ledger is behind the log: in records, and the age of the oldest of them. */
export type LogLag = { records: number; ms: number }

/**
 * Tells the lag from ends and positions that are read about once a second. Ends of other moments say when the
 * oldest missing record came, to the second.
 */
export type LogLagEstimate = {
  add(ends: ReadonlyMap<number, number>, positions: ReadonlyMap<number, number>, atMs: number): LogLag
}

/** Ten minutes: what is older is "at least" that old. */
const readingsMax = 600

export const createLogLagEstimate = (): LogLagEstimate => {
  let readings: { ends: ReadonlyMap<number, number>; atMs: number }[] = []
  return {
    add(ends, positions, atMs) {
      const isAhead = (of: ReadonlyMap<number, number>): boolean =>
        [...of].some(([partition, end]) => end > (positions.get(partition) ?? 0))
      readings = [...readings, { ends, atMs }].slice(-readingsMax)
      // What the ledger has reached says nothing any more.
      while (readings[0] !== undefined && !isAhead(readings[0].ends)) readings.shift()
      let records = 0
      for (const [partition, end] of ends) records += Math.max(0, end - (positions.get(partition) ?? 0))
      return { records, ms: atMs - (readings[0]?.atMs ?? atMs) }
    },
  }
}
