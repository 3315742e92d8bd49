import { Failure } from '../../platform/failure.ts'
import type { Campaign } from '../campaign.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { registerCampaigns } from '../gate/campaign-list.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { Retirements } from '../ledger/retirements.ts'

/** Who keeps the list of campaigns in Redis. */
export type Listing = {
  /**
   * Puts campaigns on the list; a list that this server does not have is written whole, from the ledger. Rejects `recovering` when
   * that fails too, `unavailable` when a server does not answer.
   */
  put(campaigns: readonly Campaign[]): Promise<void>
}

export type ListingOptions = { redis: RedisClient; campaigns: CampaignRepository; retirements: Retirements }

/** Of longer ago it is said that there is no such campaign: some 60 bytes of Redis each. */
const retiredMax = 100_000

export const createListing = ({ redis, campaigns, retirements }: ListingOptions): Listing => ({
  async put(armed) {
    const some = await registerCampaigns(redis, 'some', armed)
    if (some.kind === 'registered') return
    const [live, retired] = await Promise.all([campaigns.live(), retirements.ids(retiredMax)])
    const all = await registerCampaigns(redis, 'all', [
      // One that was never armed has no coupon, and nothing to read.
      ...live.filter(({ epoch }) => epoch > 0),
      ...retired.map((id) => ({ id, version: 'retired' as const })),
    ])
    if (all.kind === 'lost') throw new Failure('recovering', all.what)
  },
})
