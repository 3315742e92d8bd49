/** Campaigns whose retirement did not succeed, each with the time of its next try. */
export type RetirementBackoff = {
  mayTry(campaignId: string): boolean
  /** The next try comes after a wait that doubles each time, up to a day. */
  failed(campaignId: string): void
  succeeded(campaignId: string): void
}

const dayMs = 86_400_000
/** Further ones are tried in their turn: each failure that is remembered takes memory. */
const rememberedMax = 10_000

export const createRetirementBackoff = (firstMs: number, monotonicMs: () => number): RetirementBackoff => {
  const failures = new Map<string, { waitMs: number; untilMs: number }>()
  return {
    mayTry: (campaignId) => monotonicMs() >= (failures.get(campaignId)?.untilMs ?? 0),
    failed(campaignId) {
      const before = failures.get(campaignId)
      const waitMs = before === undefined ? firstMs : Math.min(2 * before.waitMs, dayMs)
      if (failures.size >= rememberedMax) failures.clear()
      failures.set(campaignId, { waitMs, untilMs: monotonicMs() + waitMs })
    },
    succeeded: (campaignId) => void failures.delete(campaignId),
  }
}
