/** Grants and rows of a burst at one moment, `ms` after its first press. */
export type TimelinePoint = { ms: number; grants: number; rows: number }

/** The rows that were seen at a moment. */
export type RowSample = { atMs: number; rows: number }

/** Few enough for a picture of some 400 pixels. */
const pointsCount = 80

/** Grants so far; `sorted` are their moments. */
const grantsAt = (sorted: Float64Array, atMs: number): number => {
  let [from, to] = [0, sorted.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((sorted[middle] ?? 0) <= atMs) from = middle + 1
    else to = middle
  }
  return from
}

/** On a straight line between the samples around a moment: rows are seen some times a second. */
const rowsAt = (samples: readonly RowSample[], atMs: number): number => {
  const after = samples.findIndex((sample) => sample.atMs >= atMs)
  const [previous, next] = after < 0 ? [samples.at(-1), undefined] : [samples[after - 1], samples[after]]
  if (previous === undefined || next === undefined) return (next ?? previous)?.rows ?? 0
  const part = (atMs - previous.atMs) / (next.atMs - previous.atMs)
  return Math.round(previous.rows + part * (next.rows - previous.rows))
}

/** How grants and rows grew from the first press to the last row. All moments are of one clock. */
export const timelineOf = (
  grantedAtMs: readonly number[],
  samples: readonly RowSample[],
  { firstPressMs, lastRowMs }: { firstPressMs: number; lastRowMs: number },
): TimelinePoint[] => {
  const sorted = Float64Array.from(grantedAtMs).sort()
  const all = [{ atMs: firstPressMs, rows: 0 }, ...samples.filter(({ atMs }) => atMs > firstPressMs)]
  const step = (lastRowMs - firstPressMs) / pointsCount
  return Array.from({ length: pointsCount + 1 }, (_, index) => {
    const atMs = firstPressMs + index * step
    return { ms: Math.round(index * step), grants: grantsAt(sorted, atMs), rows: rowsAt(all, atMs) }
  })
}
