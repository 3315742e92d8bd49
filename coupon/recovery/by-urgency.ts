import type { Campaign } from '../campaign.ts'

type Window = Pick<Campaign, 'state' | 'opensAtMs' | 'closesAtMs'>

/** Open first, then paused, then those that open, and closed ones last. */
const classOf = ({ state, opensAtMs, closesAtMs }: Window, nowMs: number): number => {
  if (state === 'closed' || closesAtMs <= nowMs) return 3
  if (opensAtMs > nowMs) return 2
  return state === 'paused' ? 1 : 0
}

/** The order in which gates are armed: first those that people press now, then the next to open. */
export const byUrgency = <One extends Window>(campaigns: readonly One[], nowMs: number): One[] =>
  campaigns.toSorted(
    (left, right) => classOf(left, nowMs) - classOf(right, nowMs) || left.opensAtMs - right.opensAtMs,
  )
