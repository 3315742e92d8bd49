import { createHistogram } from 'node:perf_hooks'

/** How long answers took, in fractional milliseconds. */
export type LatencySummary = {
  count: number
  p50Ms: number
  p95Ms: number
  p99Ms: number
  maxMs: number
  /** From the fastest to the slowest. The last point is the slowest answer. */
  curve: LatencyPoint[]
}

/** The share `tail` of the answers, from 1 to 1 / count, took this long or longer. */
export type LatencyPoint = { tail: number; ms: number }

/** Points for each power of ten: the curve is drawn on a logarithmic axis. */
const pointsPerDecade = 8

const microsecondsMax = 3_600_000_000

/** Summarises latencies to three significant digits; `undefined` without any. */
export const summariseLatencies = (latenciesMs: readonly number[]): LatencySummary | undefined => {
  if (latenciesMs.length === 0) return undefined
  const histogram = createHistogram({ lowest: 1, highest: microsecondsMax, figures: 3 })
  for (const latencyMs of latenciesMs)
    histogram.record(Math.min(microsecondsMax, Math.max(1, Math.round(latencyMs * 1_000))))
  const maxMs = latenciesMs.reduce((left, right) => Math.max(left, right), 0)
  // The histogram rounds up, but no percentile is above the maximum.
  const at = (percentile: number): number => Math.min(maxMs, histogram.percentile(percentile) / 1_000)
  const count = latenciesMs.length
  const points = Math.floor(Math.log10(count) * pointsPerDecade)
  const tails = Array.from({ length: points }, (_, index) => 10 ** -((index + 1) / pointsPerDecade))
  const curve = tails.map((tail) => ({ tail, ms: at(100 * (1 - tail)) }))
  return {
    ...{ count, p50Ms: at(50), p95Ms: at(95), p99Ms: at(99), maxMs },
    curve: [...curve, { tail: 1 / count, ms: maxMs }],
  }
}
