// The steps of HdrHistogram's PercentileIterator: five for each halving of what is left to 100 %.
const ticksPerHalf = 5

const levels = function* (): Generator<number> {
  for (let level = 0; level < 1; ) {
    yield level
    const halvings = Math.floor(Math.log2(1 / (1 - level))) + 1
    level += 1 / (ticksPerHalf * 2 ** halvings)
  }
}

const line = (value: string, share: string, count: string, inverse: string): string =>
  `${value.padStart(12)} ${share.padStart(14)} ${count.padStart(10)} ${inverse.padStart(14)}`.trimEnd()

/** The file of an outcome, beside the report. */
export const hgrmName = (outcome: string): string => `${outcome}.hgrm`

/**
 * Latencies in HdrHistogram's percentile format, as its plotters read it: milliseconds, the share that was as
 * fast, their count. The values are exact, so there are no buckets. Format: outputPercentileDistribution of
 * AbstractHistogram (github.com/HdrHistogram/HdrHistogram).
 */
export const hgrmText = (sortedMs: Float64Array): string => {
  const count = sortedMs.length
  const maxMs = sortedMs.at(-1) ?? 0
  const lines = [line('Value', 'Percentile', 'TotalCount', '1/(1-Percentile)'), '']
  for (const level of levels()) {
    const upTo = Math.max(1, Math.ceil(level * count - 1e-9))
    if (upTo >= count) break
    const valueMs = sortedMs[upTo - 1] ?? 0
    lines.push(line(valueMs.toFixed(3), level.toFixed(12), String(upTo), (1 / (1 - level)).toFixed(2)))
  }
  const mean = sortedMs.reduce((total, value) => total + value, 0) / Math.max(1, count)
  const variance = sortedMs.reduce((total, value) => total + (value - mean) ** 2, 0) / Math.max(1, count)
  const padded = (value: number, digits: number): string => value.toFixed(digits).padStart(12)
  return [
    ...lines,
    line(maxMs.toFixed(3), (1).toFixed(12), String(count), ''),
    `#[Mean    = ${padded(mean, 3)}, StdDeviation   = ${padded(Math.sqrt(variance), 3)}]`,
    `#[Max     = ${padded(maxMs, 3)}, Total count    = ${padded(count, 0)}]`,
    '',
  ].join('\n')
}
