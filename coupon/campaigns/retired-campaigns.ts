import type { Campaign } from '../campaign.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'

/** Campaigns whose gate was removed for good. They no longer change: each is read once from the ledger. */
export type RetiredCampaigns = {
  /**
   * `undefined` unless the ledger calls it retired. Rejects `unavailable` when the database does not answer.
   */
  read(campaignId: string): Promise<(Campaign & { retired: { granted: number } }) | undefined>
}

/** About 1 kB each. */
const retiredMax = 1_000

export const createRetiredCampaigns = (campaigns: CampaignRepository): RetiredCampaigns => {
  const remembered = new Map<string, Campaign & { retired: { granted: number } }>()
  return {
    async read(campaignId) {
      const known = remembered.get(campaignId)
      if (known !== undefined) return known
      const campaign = await campaigns.read(campaignId)
      if (campaign?.retired === undefined) return undefined
      if (remembered.size >= retiredMax) remembered.clear()
      const retired = { ...campaign, retired: campaign.retired }
      remembered.set(campaignId, retired)
      return retired
    },
  }
}
