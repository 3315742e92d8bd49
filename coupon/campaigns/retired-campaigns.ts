import type { Campaign } from '../campaign.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'

/** Campaigns whose gate is gone for good, as the ledger has them. They no longer change: each is read once, and remembered. */
export type RetiredCampaigns = {
  /** `undefined` when the ledger does not (yet) call it retired. Rejects `unavailable` when the database does not answer. */
  read(campaignId: string): Promise<(Campaign & { retired: { granted: number } }) | undefined>
}

/** Some 1 kB each. */
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
