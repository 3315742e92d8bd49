import type { FoundCampaign, LiveCampaign, Registry } from '../campaigns/registry.ts'

/**
 * Presses for campaigns that this process does not know yet. They find theirs in the order in which they
 * came.
 */
export type FirstContact = {
  /** From memory. `undefined` too while presses wait that came before: a later one joins them. */
  known(campaignId: string): LiveCampaign | undefined
  /** Resolves behind every earlier call for this campaign. Rejects `unavailable`. */
  find(campaignId: string): Promise<FoundCampaign>
}

/**
 * Lookups come back many at a time, and a poll may be faster than all of them. Without an order a press that
 * finds the campaign in memory would pass those that still look it up.
 */
export const createFirstContact = (registry: Pick<Registry, 'find' | 'known'>): FirstContact => {
  /** By campaign: settles behind its last press that waits. */
  const tails = new Map<string, Promise<void>>()

  const findBehind = async (campaignId: string, before: Promise<void> | undefined) => {
    const finding = registry.find(campaignId)
    // Who came before may make it needless, and then nobody looks at its failure.
    finding.catch(() => undefined)
    await before
    const campaign = registry.known(campaignId)
    return campaign === undefined ? finding : { kind: 'live' as const, campaign }
  }

  return {
    known: (campaignId) => (tails.has(campaignId) ? undefined : registry.known(campaignId)),
    find(campaignId) {
      const found = findBehind(campaignId, tails.get(campaignId))
      const settled = (): void => {
        if (tails.get(campaignId) === tail) tails.delete(campaignId)
      }
      const tail = found.then(settled, settled)
      tails.set(campaignId, tail)
      return found
    },
  }
}
