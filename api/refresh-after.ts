import type { PublicState } from '../coupon/campaign.ts'

const waitMs: Record<Exclude<PublicState, 'scheduled' | 'closed'>, number> = {
  open: 2_000,
  recovering: 2_000,
  paused: 5_000,
  // More stock can still come.
  'sold-out': 10_000,
}

const scheduledMs = { min: 1_000, max: 30_000 }

/**
 * When the facts of a campaign are worth another look, in milliseconds; `undefined`: never again. There is no
 * jitter in it: caches keep the answer for a second, and would give one random wait to everybody.
 */
export const refreshAfterMs = (state: PublicState, msToOpening: number): number | undefined => {
  if (state === 'closed') return undefined
  if (state !== 'scheduled') return waitMs[state]
  return Math.min(scheduledMs.max, Math.max(scheduledMs.min, Math.ceil(msToOpening)))
}
