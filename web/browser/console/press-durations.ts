/** Durations of presses. Each bucket also holds those below it. */
export type PressDurations = { count: number; buckets: { leMs: number; count: number }[] }

/** The upper end of a bucket, as a Prometheus histogram writes it. */
export const limitMs = (le: string): number => (le === '+Inf' ? Infinity : Number(le) * 1_000)

/** Merges presses by bucket, each in one. Buckets of other processes may have other ends. */
export const mergeDurations = (parts: readonly ReadonlyMap<number, number>[]): PressDurations => {
  const merged = new Map<number, number>()
  for (const part of parts)
    for (const [leMs, count] of part) merged.set(leMs, (merged.get(leMs) ?? 0) + count)
  let sum = 0
  const buckets = [...merged]
    .toSorted(([one], [other]) => one - other)
    .map(([leMs, count]) => ({ leMs, count: (sum += count) }))
  return { count: sum, buckets }
}

/** The limit that this part of the presses kept: the upper end of a bucket. Null without presses. */
export const quantileOf = ({ count, buckets }: PressDurations, part: number): number | null =>
  count === 0 ? null : (buckets.find((bucket) => bucket.count >= part * count)?.leMs ?? null)

/** The longest limit that a press can be shown to have kept. */
export const longestLimit = ({ buckets }: PressDurations): number =>
  buckets.findLast(({ leMs }) => Number.isFinite(leMs))?.leMs ?? 0
