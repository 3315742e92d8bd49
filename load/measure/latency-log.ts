/** Every latency of the measured bursts, by outcome, for files that a summary is too coarse for. */
export type LatencyLog = {
  add(outcome: string, latencyMs: number): void
  /** From the fastest to the slowest. */
  sorted(): Map<string, Float64Array>
}

export const createLatencyLog = (): LatencyLog => {
  const byOutcome = new Map<string, number[]>()
  return {
    add(outcome, latencyMs) {
      const known = byOutcome.get(outcome)
      if (known === undefined) byOutcome.set(outcome, [latencyMs])
      else known.push(latencyMs)
    },
    sorted: () => new Map([...byOutcome].map(([outcome, all]) => [outcome, Float64Array.from(all).sort()])),
  }
}
