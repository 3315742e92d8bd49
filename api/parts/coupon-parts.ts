import type { z } from 'zod'
import type { Registry } from '../../coupon/campaigns/registry.ts'
import { createGate } from '../../coupon/gate/gate.ts'
import { createUnrecordedCampaigns } from '../../coupon/gate/unrecorded-campaigns.ts'
import { createCouponRepository } from '../../coupon/ledger/coupons.ts'
import { createGrantTimes } from '../../coupon/ledger/grant-times.ts'
import { createRedemptionRepository } from '../../coupon/ledger/redemptions.ts'
import { createTimelineReader } from '../../coupon/ledger/sale-timeline.ts'
import { createWinnerRepository } from '../../coupon/ledger/winners.ts'
import type { ProcessParts } from '../../coupon/process/process-parts.ts'
import { createCouponReader } from '../../coupon/reading/coupon-reader.ts'
import { createMissingRows } from '../../coupon/redemption/missing-rows.ts'
import { createCouponRedeemer } from '../../coupon/redemption/redeemer.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { RedisClient } from '../../platform/redis.ts'
import type { apiSettings } from '../settings.ts'

type CouponPartsOptions = {
  settings: z.infer<typeof apiSettings>
  parts: ProcessParts
  /** Of lists alone: presses do not wait for them. */
  redis: RedisClient
  registry: Registry
  log: Logger
  monotonicMs(): number
}

/** Everything that reads coupons, and uses them. */
export const createCouponParts = ({
  settings,
  parts,
  redis,
  registry,
  log,
  monotonicMs,
}: CouponPartsOptions) => {
  const { campaigns, database } = parts
  const repository = createCouponRepository(database)
  const unrecorded = createUnrecordedCampaigns(redis)
  const coupons = createCouponReader({
    gate: createGate(redis, { outboxGrantsMax: settings.OUTBOX_GRANTS_MAX }),
    ...{ unrecorded, registry, campaigns, log },
    coupons: repository,
    listDeadlineMs: settings.LIST_DEADLINE_MS,
  })
  const redemptions = createRedemptionRepository(database)
  const missingRows = createMissingRows({
    ...{ reader: coupons, coupons: repository, unrecorded, monotonicMs },
    ...{ rowWaitMs: 1_000, waitersMax: 100 },
  })
  return {
    coupons,
    redemptions,
    redeemer: createCouponRedeemer(redemptions, missingRows),
    winners: createWinnerRepository(database),
    readTimeline: createTimelineReader(campaigns, createGrantTimes(database)),
  }
}
