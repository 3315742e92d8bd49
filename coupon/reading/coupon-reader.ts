import { Failure, messageOf } from '../../platform/failure.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { CouponTerms } from '../campaign.ts'
import type { Registry } from '../campaigns/registry.ts'
import { createTermsReader } from '../campaigns/terms-reader.ts'
import type { Gate } from '../gate/gate.ts'
import type { Grant } from '../grant.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { CouponRepository } from '../ledger/coupons.ts'
import { createHeldCoupons, type HeldCoupon } from './held-coupons.ts'

/** A coupon as its owner reads it. `confirming` is not yet a yes. */
export type CouponState = 'confirming' | 'usable' | 'expired'
export type Coupon = { grant: Grant; terms: CouponTerms; state: CouponState }

/**
 * `complete` is false when a gate, the list of campaigns or the ledger cannot be read: there may be more
 * coupons.
 */
export type CouponList = { coupons: Coupon[]; more: boolean; complete: boolean }

export type CouponOutcome =
  | { kind: 'granted' | 'confirming'; coupons: Coupon[] }
  | { kind: 'none' | 'recovering' | 'unknown-campaign' }

/**
 * What a user reads: the coupons in the ledger, and those that gates granted and the ledger does not have
 * yet.
 */
export type CouponReader = {
  /**
   * Coupons that are usable now, newest first, below `beforeId`. Never rejects because a source cannot be
   * read.
   */
  usable(userId: string, beforeId: string | undefined, limit: number): Promise<CouponList>
  /**
   * The result of the user's issue. `none` comes only from an armed gate, or from the ledger for a retired
   * campaign. Rejects `unavailable`.
   */
  outcome(campaignId: string, userId: string): Promise<CouponOutcome>
  /**
   * The coupon if this user holds it, else `undefined`. Rejects when a source that may have it cannot be
   * read.
   */
  one(couponId: string, userId: string): Promise<Coupon | undefined>
}

export type CouponReaderOptions = {
  gate: Gate
  registry: Registry
  campaigns: CampaignRepository
  coupons: CouponRepository
  log: Logger
}

export const createCouponReader = (options: CouponReaderOptions): CouponReader => {
  const { gate, registry, coupons: repository, log } = options
  const heldCoupons = createHeldCoupons(gate, registry)
  const termsReader = createTermsReader(registry, options.campaigns)

  const couponsOf = async (held: readonly HeldCoupon[]): Promise<Coupon[]> => {
    const termsOf = await termsReader.read(held.map(({ grant }) => grant.campaignId))
    const nowMs = registry.gateNowMs()
    return held.flatMap(({ grant, confirmed }) => {
      const terms = termsOf.get(grant.campaignId)
      if (terms === undefined) return []
      const state = !confirmed ? 'confirming' : nowMs < terms.usableUntilMs ? 'usable' : 'expired'
      return [{ grant, terms, state }]
    })
  }

  const isUsableNow = ({ state, terms }: Coupon): boolean =>
    state === 'usable' && terms.usableFromMs <= registry.gateNowMs()

  /** Rows come first: a coupon with a row is confirmed, whatever a gate says. */
  const merge = (rows: readonly Grant[], held: readonly HeldCoupon[]): HeldCoupon[] => {
    const stored = new Set(rows.map(({ couponId }) => couponId))
    return [
      ...rows.map((grant) => ({ grant, confirmed: true })),
      // safeguard: a list of coupons includes what only the gate knows
      ...held.filter(({ grant }) => !stored.has(grant.couponId)),
    ]
  }

  return {
    async usable(userId, beforeId, limit) {
      const list = async (rows: readonly Grant[], held: readonly HeldCoupon[], complete: boolean) => {
        const coupons = (await couponsOf(merge(rows, held)))
          .filter(isUsableNow)
          .sort((left, right) => (left.grant.couponId < right.grant.couponId ? 1 : -1))
        return { coupons: coupons.slice(0, limit), more: coupons.length > limit, complete }
      }
      const anywhere = heldCoupons.anywhere(userId).then(({ held, complete }) => ({
        held: held.filter(({ grant }) => beforeId === undefined || grant.couponId < beforeId),
        complete,
      }))
      try {
        const query = { userId, beforeId, limit: limit + 1, nowMs: registry.gateNowMs() }
        const rows = await repository.usable(query)
        const { held, complete } = await anywhere
        return await list(rows, held, complete)
      } catch (cause) {
        log.debug({ cause: messageOf(cause) }, 'listed coupons without the ledger')
        // Gates have live campaigns only, whose terms are known: this does not query the database.
        // safeguard: a list without the ledger is incomplete
        return list([], (await anywhere).held, false)
      }
    },

    async outcome(campaignId, userId) {
      const found = await registry.find(campaignId)
      if (found.kind === 'unknown') return { kind: 'unknown-campaign' }
      if (found.kind === 'retired') {
        // Its gate was removed after an audit: the ledger has all of its coupons.
        const coupons = await couponsOf(merge(await repository.ofCampaign(campaignId, userId), []))
        return coupons.length > 0 ? { kind: 'granted', coupons } : { kind: 'none' }
      }
      let gateFailure: Failure | undefined
      let held: HeldCoupon[] = []
      try {
        if (found.kind === 'recovering') throw new Failure('recovering', 'the list of campaigns is lost')
        held = await heldCoupons.inGate(found.campaign, userId)
      } catch (cause) {
        if (!(cause instanceof Failure)) throw cause
        gateFailure = cause
      }
      // Coupons with a row are granted, also while the gate does not answer.
      const rows =
        gateFailure === undefined
          ? []
          : await repository.ofCampaign(campaignId, userId).catch((): Grant[] => [])
      const coupons = await couponsOf(merge(rows, held))
      if (coupons.length > 0)
        return {
          kind: coupons.some(({ state }) => state === 'confirming') ? 'confirming' : 'granted',
          coupons,
        }
      if (gateFailure === undefined) return { kind: 'none' }
      if (gateFailure.code === 'recovering') return { kind: 'recovering' }
      throw gateFailure
    },

    async one(couponId, userId) {
      const [anywhere, row] = await Promise.allSettled([
        heldCoupons.anywhere(userId),
        repository.one(couponId, userId),
      ])
      if (anywhere.status === 'rejected') throw anywhere.reason
      const { held, complete } = anywhere.value
      const rows = row.status === 'fulfilled' && row.value !== undefined ? [row.value] : []
      const [coupon] = await couponsOf(merge(rows, held).filter(({ grant }) => grant.couponId === couponId))
      if (coupon !== undefined) return coupon
      if (row.status === 'rejected') throw row.reason
      if (!complete) throw new Failure('recovering', 'a gate that may have the coupon cannot be read')
      return undefined
    },
  }
}
