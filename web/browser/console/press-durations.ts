import type { ConsoleFrame } from '../../../client/contract-types.ts'

type Buckets = ConsoleFrame['process']['issueDurations']

/** Durations of the presses between two frames of one process. */
export type PressDurations = { count: number; buckets: { leMs: number; count: number }[] }

const limitMs = (le: string): number => (le === '+Inf' ? Infinity : Number(le) * 1_000)

/** The presses that `later` has and `earlier` has not. Buckets of several kinds of answers are merged. */
export const durationsBetween = (earlier: Buckets, later: Buckets): PressDurations => {
  const merged = new Map<number, number>()
  const add = (buckets: Buckets, sign: 1 | -1): void => {
    for (const { le, count } of buckets)
      merged.set(limitMs(le), (merged.get(limitMs(le)) ?? 0) + sign * count)
  }
  add(later, 1)
  add(earlier, -1)
  const buckets = [...merged]
    .map(([leMs, count]) => ({ leMs, count: Math.max(0, count) }))
    .toSorted((one, other) => one.leMs - other.leMs)
  return { count: buckets.at(-1)?.count ?? 0, buckets }
}

/** The limit that this part of the presses kept: the upper end of a bucket. Null without presses. */
export const quantileOf = ({ count, buckets }: PressDurations, part: number): number | null =>
  count === 0 ? null : (buckets.find((bucket) => bucket.count >= part * count)?.leMs ?? null)

/** The longest limit that a press can be shown to have kept. */
export const longestLimit = ({ buckets }: PressDurations): number =>
  buckets.findLast(({ leMs }) => Number.isFinite(leMs))?.leMs ?? 0
