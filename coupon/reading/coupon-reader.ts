import { createDeadline, type Deadline } from '../../platform/deadline.ts'
import { Failure, messageOf } from '../../platform/failure.ts'
import { createBound, createGroupCommit } from '../../platform/group-commit.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { CouponTerms } from '../campaign.ts'
import type { Registry } from '../campaigns/registry.ts'
import { createTermsReader } from '../campaigns/terms-reader.ts'
import type { Gate } from '../gate/gate.ts'
import type { UnrecordedCampaigns, UnrecordedLook } from '../gate/unrecorded-campaigns.ts'
import type { Grant } from '../grant.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { CouponRepository, UsableQuery } from '../ledger/coupons.ts'
import { isBelow } from '../ledger/positions.ts'
import type { GrantsAtPositions } from '../ledger/rows.ts'
import { createHeldCoupons, type HeldCoupon, type HeldCoupons } from './held-coupons.ts'

/** A coupon as its owner reads it. `confirming` is not yet a yes. */
export type CouponState = 'confirming' | 'usable' | 'expired'
export type Coupon = { grant: Grant; terms: CouponTerms; state: CouponState }

/**
 * `complete` is false when there may be more coupons. A gate, the notes of unrecorded campaigns or the ledger
 * could not be read in time, or the ledger lost rows.
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
   * read, and resolves within `listDeadlineMs`.
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
  unrecorded: Pick<UnrecordedCampaigns, 'look'>
  registry: Registry
  campaigns: CampaignRepository
  coupons: CouponRepository
  /** After this time a list has what is known by then, and is not complete. */
  listDeadlineMs: number
  log: Logger
}

const looksWaitingMax = 100_000

export const createCouponReader = (options: CouponReaderOptions): CouponReader => {
  const { gate, registry, coupons: repository, log, listDeadlineMs } = options
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
  const merge = (rows: readonly Coupon[], held: readonly Coupon[]): Coupon[] => {
    const stored = new Set(rows.map(({ grant }) => grant.couponId))
    return [
      ...rows,
      // safeguard: a list of coupons includes what only the gate knows
      ...held.filter(({ grant }) => !stored.has(grant.couponId)),
    ]
  }

  const confirmedCoupons = (grants: readonly Grant[]): Promise<Coupon[]> =>
    couponsOf(grants.map((grant) => ({ grant, confirmed: true })))

  const readRows = async (query: UsableQuery) => {
    const { grants, positions } = await repository.usable(query)
    return { coupons: await confirmedCoupons(grants), positions }
  }

  const readGates = async (...question: Parameters<HeldCoupons['inGates']>) => {
    const { held, complete } = await heldCoupons.inGates(...question)
    return { coupons: await couponsOf(held), complete }
  }

  /** Whether gates and ledger together have every coupon of the user. */
  const isWhole = (
    look: UnrecordedLook | undefined,
    gates: { complete: boolean } | undefined,
    ledger: Pick<GrantsAtPositions, 'positions'> | undefined,
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

  /** The value of a source in time. A list can do without one, and then is not complete. */
  const sourceIn =
    ({ inTime }: Deadline) =>
    <Value>(source: Promise<Value>): Promise<Value | undefined> =>
      inTime(
        source.catch((cause: unknown) => {
          log.debug({ cause: messageOf(cause) }, 'a list of coupons lacks a source')
          return undefined
        }),
      )

  const readUsable = async (
    deadline: Deadline,
    [userId, beforeId, limit]: Parameters<CouponReader['usable']>,
  ): Promise<CouponList> => {
    const read = sourceIn(deadline)
    const { isAwaited } = deadline
    const noted = looks.submit(undefined)
    // A grant whose note was taken out before this look had its row before the query below began.
    // safeguard: the notes are read before the ledger
    await read(noted)
    const query = { userId, beforeId, limit: limit + 1, nowMs: registry.gateNowMs(), isAwaited }
    const [look, gates, ledger] = await Promise.all([
      read(noted),
      read(noted.then(({ notes }) => readGates(notes.keys(), userId, isAwaited))),
      read(readRows(query)),
    ])
    const coupons = merge(ledger?.coupons ?? [], gates?.coupons ?? [])
      .filter((coupon) => isUsableNow(coupon) && (beforeId === undefined || coupon.grant.couponId < beforeId))
      .sort((left, right) => (left.grant.couponId < right.grant.couponId ? 1 : -1))
    return {
      coupons: coupons.slice(0, limit),
      more: coupons.length > limit,
      complete: isWhole(look, gates, ledger),
    }
  }

  return {
    async usable(...query) {
      const deadline = createDeadline(listDeadlineMs)
      try {
        return await readUsable(deadline, query)
      } finally {
        deadline.clear()
      }
    },

    async outcome(campaignId, userId) {
      const found = await registry.find(campaignId)
      if (found.kind === 'unknown') return { kind: 'unknown-campaign' }
      if (found.kind === 'retired') {
        // Its gate was removed after an audit: the ledger has all of its coupons.
        const coupons = await confirmedCoupons(await repository.ofCampaign(campaignId, userId))
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
      const coupons = merge(await confirmedCoupons(rows), await couponsOf(held))
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
      const [row] = await Promise.allSettled([repository.one(couponId, userId)])
      if (row.status === 'fulfilled' && row.value.grants.length > 0)
        return (await confirmedCoupons(row.value.grants))[0]
      const look = await looks.submit(undefined)
      const gates = await readGates(look.notes.keys(), userId, () => true)
      const inGate = gates.coupons.find(({ grant }) => grant.couponId === couponId)
      if (inGate !== undefined) return inGate
      if (row.status === 'rejected') throw row.reason
      // It may have got its row between the first query and the look.
      const ledger = await repository.one(couponId, userId)
      const [coupon] = await confirmedCoupons(ledger.grants)
      if (coupon === undefined && !isWhole(look, gates, ledger))
        throw new Failure('recovering', 'a gate that may have the coupon cannot be read')
      return coupon
    },
  }
}
