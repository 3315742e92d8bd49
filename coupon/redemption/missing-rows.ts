import { setTimeout as wait } from 'node:timers/promises'
import { createBound, createGroupCommit } from '../../platform/group-commit.ts'
import type { UnrecordedCampaigns } from '../gate/unrecorded-campaigns.ts'
import type { CouponRepository } from '../ledger/coupons.ts'
import { isBelow } from '../ledger/positions.ts'
import type { CouponReader } from '../reading/coupon-reader.ts'

/**
 * Why the ledger has no row of a coupon. `confirming`: it is not confirmed yet. `granted`: its row is on the
 * way. `perhaps-granted`: without its owner no gate can be asked, and one may have granted it.
 */
export type MissingRow = 'unknown-coupon' | 'confirming' | 'granted' | 'perhaps-granted'

/** Coupons that the ledger does not have. All reject as the sources do that cannot be read. */
export type MissingRows = {
  /** Asked after the ledger had no row; with `ownerId` about a coupon of this user. */
  explain(couponId: string, ownerId: string | undefined): Promise<MissingRow>
  /** Waits until the coupon has a row; false after `rowWaitMs`, or at once when too many wait already. */
  arrives(couponId: string): Promise<boolean>
}

export type MissingRowsOptions = {
  reader: Pick<CouponReader, 'one'>
  coupons: Pick<CouponRepository, 'stored' | 'ofAnybody'>
  unrecorded: Pick<UnrecordedCampaigns, 'look'>
  monotonicMs(): number
  /** How long one caller waits for a row. */
  rowWaitMs: number
  /** The most callers that wait at once. */
  waitersMax: number
}

/** The worker is some 20 to 40 ms behind the log. */
const lookIntervalMs = 50

export const createMissingRows = (options: MissingRowsOptions): MissingRows => {
  const { coupons, unrecorded, monotonicMs } = options
  let waiters = 0
  /** All who wait ask together. */
  const lookups = createGroupCommit<string, boolean>({
    batchSizeMax: options.waitersMax,
    inFlightMax: 1,
    bound: createBound(options.waitersMax),
    run: async (couponIds) => {
      const stored = await coupons.stored(couponIds)
      return couponIds.map((couponId) => stored.has(couponId))
    },
  })

  const explainForAnybody = async (couponId: string): Promise<MissingRow> => {
    // A grant whose note was taken out before this look has its row by now.
    const look = await unrecorded.look()
    const { grants, positions } = await coupons.ofAnybody(couponId)
    if (grants.length > 0) return 'granted'
    const isKnown = look.isComplete && look.notes.size === 0 && !isBelow(positions, look.recorded)
    // safeguard: a coupon without a row is unknown only when every grant has a row
    return isKnown ? 'unknown-coupon' : 'perhaps-granted'
  }

  return {
    async explain(couponId, ownerId) {
      if (ownerId === undefined) return explainForAnybody(couponId)
      const coupon = await options.reader.one(couponId, ownerId)
      if (coupon === undefined) return 'unknown-coupon'
      return coupon.state === 'confirming' ? 'confirming' : 'granted'
    },

    async arrives(couponId) {
      if (waiters >= options.waitersMax) return false
      waiters += 1
      try {
        for (const endsAtMs = monotonicMs() + options.rowWaitMs; monotonicMs() < endsAtMs; ) {
          await wait(lookIntervalMs)
          if (await lookups.submit(couponId)) return true
        }
        return false
      } finally {
        waiters -= 1
      }
    },
  }
}
