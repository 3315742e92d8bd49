import { Failure } from '../../platform/failure.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { createCampaignListReader, type ListedVersion, registerCampaigns } from '../gate/campaign-list.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { RetirementRepository } from '../ledger/retirements.ts'

/** Maintains the list of campaigns in Redis. */
export type Listing = {
  /**
   * Puts campaigns on the list. When this server has no complete list, the whole list is written from the
   * ledger. Rejects `recovering` when that fails too, `unavailable` when a server does not answer.
   */
  put(campaigns: readonly { id: string; version: number }[]): Promise<void>
  /**
   * The live campaigns that are listed, with their versions, by one read. `undefined` when this server has no
   * complete list. Rejects `unavailable`.
   */
  read(): Promise<ReadonlyMap<string, ListedVersion> | undefined>
}

export type ListingOptions = {
  redis: RedisClient
  campaigns: CampaignRepository
  retirements: RetirementRepository
}

/** The newest of them; older ones read as "no such campaign". Each takes about 60 bytes of Redis. */
const retiredMax = 100_000

export const createListing = ({ redis, campaigns, retirements }: ListingOptions): Listing => {
  const list = createCampaignListReader(redis)
  return {
    async put(armed) {
      const some = await registerCampaigns(redis, 'some', armed)
      if (some.kind === 'registered') return
      const [live, retired] = await Promise.all([campaigns.live(), retirements.ids(retiredMax)])
      const all = await registerCampaigns(redis, 'all', [
        // A campaign that was never armed has no gate to read and no coupons.
        ...live.filter(({ epoch }) => epoch > 0),
        ...retired.map((id) => ({ id, version: 'retired' as const })),
      ])
      if (all.kind === 'lost') throw new Failure('recovering', all.what)
    },
    read: async () => (await list.read()).versions,
  }
}
