import { createBound, createGroupCommit } from '../../platform/group-commit.ts'
import type { CouponTerms } from '../campaign.ts'
import type { LiveCampaign, Registry } from '../campaigns/registry.ts'
import { createTermsReader } from '../campaigns/terms-reader.ts'
import { type CouponState, confirmedState } from '../coupon-state.ts'
import type { Gate } from '../gate/gate.ts'
import type { UnrecordedCampaigns, UnrecordedLook } from '../gate/unrecorded-campaigns.ts'
import type { Grant } from '../grant.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { CouponRepository, Grants, ListQuery } from '../ledger/coupons.ts'
import { isBelow } from '../ledger/positions.ts'
import type { CouponUses, GrantsAtPositions } from '../ledger/rows.ts'
import { createHeldCoupons, type HeldCoupon } from './held-coupons.ts'

/** A coupon as its owner reads it. */
export type Coupon = { grant: Grant; terms: CouponTerms; state: CouponState }

/** What the ledger has, and how far it was at that moment. */
export type LedgerCoupons = { coupons: Coupon[]; positions: ReadonlyMap<number, number> }
/** What gates have; not complete when one of them cannot be read. */
export type GateCoupons = { coupons: Coupon[]; complete: boolean }

/** Where a user's coupons are read from, each with the terms of its campaign. All reject `unavailable`. */
export type CouponSources = {
  /** The campaigns whose gates may have what the ledger lacks, as of now. */
  look(): Promise<UnrecordedLook>
  rows(query: ListQuery): Promise<LedgerCoupons>
  row(couponId: string, userId: string): Promise<LedgerCoupons>
  rowsOfCampaign(campaignId: string, userId: string): Promise<Coupon[]>
  /** Coupons of gates, in the states that the ledger knows of them. */
  used(held: readonly Coupon[]): Promise<Coupon[]>
  /** Rejects `recovering` when the gate is not in order. */
  inGate(campaign: LiveCampaign, userId: string): Promise<Coupon[]>
  /** Those in the gates of noted campaigns. */
  inGates(look: UnrecordedLook, userId: string, isAwaited?: () => boolean): Promise<GateCoupons>
}

export type CouponSourcesOptions = {
  gate: Gate
  unrecorded: Pick<UnrecordedCampaigns, 'look'>
  registry: Registry
  campaigns: CampaignRepository
  coupons: CouponRepository
}

const looksWaitingMax = 100_000

/** What gates have and these rows do not: a coupon with a row is confirmed, whatever a gate says. */
export const heldBeside = (rows: readonly Coupon[], held: readonly Coupon[]): Coupon[] => {
  const stored = new Set(rows.map(({ grant }) => grant.couponId))
  // safeguard: a list of coupons includes what only the gate knows
  return held.filter(({ grant }) => !stored.has(grant.couponId))
}

/** Whether gates and ledger together had every coupon of the user. */
export const isWhole = (
  look: UnrecordedLook | undefined,
  gates: Pick<GateCoupons, 'complete'> | undefined,
  ledger: Pick<LedgerCoupons, 'positions'> | undefined,
): boolean => {
  // safeguard: a list without the ledger is incomplete
  if (ledger === undefined) return false
  // safeguard: a list without a gate is incomplete
  if (gates?.complete !== true) return false
  // safeguard: a list without the notes is incomplete
  if (look?.isComplete !== true) return false
  // safeguard: a list of a ledger that lost rows is incomplete
  return !isBelow(ledger.positions, look.recorded)
}

export const createCouponSources = (options: CouponSourcesOptions): CouponSources => {
  const { gate, registry, coupons: repository } = options
  const heldCoupons = createHeldCoupons(gate, registry)
  const termsReader = createTermsReader(registry, options.campaigns)

  /** A look that began before the caller came would miss a grant of which the caller was told since. */
  const looks = createGroupCommit<undefined, UnrecordedLook>({
    batchSizeMax: looksWaitingMax,
    inFlightMax: 1,
    bound: createBound(looksWaitingMax),
    run: async (callers) => {
      const look = await options.unrecorded.look()
      return callers.map(() => look)
    },
  })

  const withTerms = async (held: readonly HeldCoupon[], uses?: CouponUses): Promise<Coupon[]> => {
    const termsOf = await termsReader.read(held.map(({ grant }) => grant.campaignId))
    const nowMs = registry.gateNowMs()
    return held.flatMap(({ grant, confirmed }) => {
      const terms = termsOf.get(grant.campaignId)
      if (terms === undefined) return []
      const state = confirmed ? confirmedState(uses?.get(grant.couponId), terms, nowMs) : 'confirming'
      return [{ grant, terms, state }]
    })
  }

  const confirmed = ({ grants, uses }: Grants): Promise<Coupon[]> =>
    withTerms(
      grants.map((grant) => ({ grant, confirmed: true })),
      uses,
    )

  const ofLedger = async (read: Promise<GrantsAtPositions>): Promise<LedgerCoupons> => {
    const found = await read
    return { coupons: await confirmed(found), positions: found.positions }
  }

  return {
    look: () => looks.submit(undefined),
    rows: (query) => ofLedger(repository.list(query)),
    row: (couponId, userId) => ofLedger(repository.one(couponId, userId)),
    rowsOfCampaign: async (campaignId, userId) => confirmed(await repository.ofCampaign(campaignId, userId)),
    async used(held) {
      const couponIds = held.filter(({ state }) => state !== 'confirming').map(({ grant }) => grant.couponId)
      if (couponIds.length === 0) return [...held]
      const uses = await repository.uses(couponIds)
      return held.map((coupon) => ({ ...coupon, state: uses.get(coupon.grant.couponId) ?? coupon.state }))
    },
    inGate: async (campaign, userId) => withTerms(await heldCoupons.inGate(campaign, userId)),
    async inGates({ notes }, userId, isAwaited = () => true) {
      const { held, complete } = await heldCoupons.inGates(notes.keys(), userId, isAwaited)
      return { coupons: await withTerms(held), complete }
    },
  }
}
