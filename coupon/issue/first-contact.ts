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
 * All presses that wait for one campaign share one lookup, and go on in their order when it is back. A poll
 * may be faster: without this a press that finds the campaign in memory would pass those that wait.
 */
export const createFirstContact = (registry: Pick<Registry, 'find' | 'known'>): FirstContact => {
  const findings = new Map<string, Promise<FoundCampaign>>()
  return {
    known: (campaignId) => (findings.has(campaignId) ? undefined : registry.known(campaignId)),
    find(campaignId) {
      const present = findings.get(campaignId)
      if (present !== undefined) return present
      const finding = registry.find(campaignId)
      const settled = (): void => void findings.delete(campaignId)
      // Before the presses that wait go on, and nobody new can come between them.
      finding.then(settled, settled)
      findings.set(campaignId, finding)
      return finding
    },
  }
}
