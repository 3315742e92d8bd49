import type { Gate } from '../../../coupon/gate/gate.ts'
import type { CampaignRepository } from '../../../coupon/ledger/campaigns.ts'
import { createGrantLog } from '../../../coupon/log/grant-log.ts'
import type { Arming } from '../../../coupon/recovery/arming.ts'
import { createKeeper, type Keeper, type KeeperOptions } from '../../../coupon/recovery/keeper.ts'
import type { Producer } from '../../../platform/kafka/producer.ts'
import type { Shop } from './shop.ts'

export type KeeperChanges = {
  arming?: Arming
  /** Its way into the log. */
  producer?: Producer
  /** All of that way, instead of `producer` and `gate`. */
  grantLog?: KeeperOptions['grantLog']
  /** The gate that it confirms at. */
  gate?: Gate
  /** Age at which it relays an entry; none is old enough when it is left out. */
  overdueMs?: number
  /** Its ledger. */
  campaigns?: CampaignRepository
  requireOneDeployment?: () => Promise<void>
}

/** A second keeper of a shop, which looks on demand; `changes` replace parts of it. */
export const openKeeper = (shop: Shop, changes: KeeperChanges = {}): Keeper => {
  const { gate, listing, log, monotonicMs } = shop.parts
  const { unrecorded } = shop
  const { campaigns = shop.parts.campaigns, requireOneDeployment = async () => {} } = changes
  const { arming = shop.arming, producer = shop.producer, overdueMs = 3_600_000 } = changes
  return createKeeper({
    ...{ gate, campaigns, listing, log, arming, overdueMs, requireOneDeployment },
    ...{ unrecorded, now: Date.now },
    grantLog:
      changes.grantLog ??
      createGrantLog({
        ...{ producer, gate: changes.gate ?? shop.gate, log, monotonicMs },
        ...{ partitions: async () => 3, publishDeadlineMs: 500, publishInFlightMax: 2 },
      }),
  })
}
