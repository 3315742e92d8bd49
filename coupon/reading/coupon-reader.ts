import { createDeadline, type Deadline } from '../../platform/deadline.ts'
import { Failure, messageOf } from '../../platform/failure.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { ListedState } from '../coupon-state.ts'
import {
  type Coupon,
  type CouponSourcesOptions,
  createCouponSources,
  heldBeside,
  isWhole,
} from './coupon-sources.ts'

/**
 * `complete` is false when there may be more coupons. A gate, the notes of unrecorded campaigns or the ledger
 * could not be read in time, or the ledger lost rows.
 */
export type CouponList = { coupons: Coupon[]; more: boolean; complete: boolean }

/** `waitedMs`: how long the caller has waited before this call. */
export type ListRequest = {
  state: ListedState
  beforeId: string | undefined
  limit: number
  waitedMs: number
}

export type CouponOutcome =
  | { kind: 'granted' | 'confirming'; coupons: Coupon[] }
  | { kind: 'none' | 'recovering' | 'unknown-campaign' }

/**
 * What a user reads: the coupons in the ledger, and those that gates granted and the ledger does not have
 * yet.
 */
export type CouponReader = {
  /**
   * Coupons in a state as of now, newest first, below `beforeId`. Never rejects because a source cannot be
   * read, and resolves within `listDeadlineMs`, of which `waitedMs` are over.
   */
  list(userId: string, query: ListRequest): Promise<CouponList>
  /**
   * The result of the user's issue. `none` comes only from an armed gate, or from the ledger for a retired
   * campaign. While the ledger does not answer, coupons have the states that the gate knows. Rejects
   * `unavailable`.
   */
  outcome(campaignId: string, userId: string): Promise<CouponOutcome>
  /**
   * The coupon if this user holds it, else `undefined`. Rejects when a source that may have it cannot be
   * read.
   */
  one(couponId: string, userId: string): Promise<Coupon | undefined>
}

export type CouponReaderOptions = CouponSourcesOptions & {
  /** After this time a list has what is known by then, and is not complete. */
  listDeadlineMs: number
  log: Logger
}

/** An outcome is the gate's: it does not wait longer for what the ledger adds. */
const usesDeadlineMs = 250

export const createCouponReader = (options: CouponReaderOptions): CouponReader => {
  const { registry, log, listDeadlineMs } = options
  const sources = createCouponSources(options)

  const isListed = ({ state, terms }: Coupon, listed: ListedState): boolean =>
    listed === 'all' ||
    (listed === state && (state !== 'usable' || terms.usableFromMs <= registry.gateNowMs()))

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

  const readList = async (
    deadline: Deadline,
    userId: string,
    { state, beforeId, limit }: ListRequest,
  ): Promise<CouponList> => {
    const read = sourceIn(deadline)
    const { isAwaited } = deadline
    const noted = sources.look()
    // A grant whose note was taken out before this look had its row before the query below began.
    // safeguard: the notes are read before the ledger
    await read(noted)
    const query = { userId, state, beforeId, limit: limit + 1, nowMs: registry.gateNowMs(), isAwaited }
    const [look, gates, ledger] = await Promise.all([
      read(noted),
      read(noted.then((found) => sources.inGates(found, userId, isAwaited))),
      read(sources.rows(query)),
    ])
    const rows = ledger?.coupons ?? []
    const held = heldBeside(rows, gates?.coupons ?? []).filter(
      ({ grant }) => beforeId === undefined || grant.couponId < beforeId,
    )
    // A row that is not in this list may say that a coupon was used, which no gate knows.
    // safeguard: a list asks the ledger what became of the coupons of a gate
    const used = ledger === undefined ? held : await read(sources.used(held))
    const coupons = [...rows, ...(used ?? held)]
      .filter((coupon) => isListed(coupon, state))
      .sort((left, right) => (left.grant.couponId < right.grant.couponId ? 1 : -1))
    return {
      coupons: coupons.slice(0, limit),
      more: coupons.length > limit,
      complete: isWhole(look, gates, ledger) && used !== undefined,
    }
  }

  /** What the ledger says became of them, unless it does not answer in time. */
  const statesInTime = async (held: Coupon[]): Promise<Coupon[]> => {
    const deadline = createDeadline(usesDeadlineMs)
    try {
      return (await sourceIn(deadline)(sources.used(held))) ?? held
    } finally {
      deadline.clear()
    }
  }

  return {
    async list(userId, query) {
      const leftMs = listDeadlineMs - query.waitedMs
      if (leftMs <= 0) return { coupons: [], more: false, complete: false }
      const deadline = createDeadline(leftMs)
      try {
        return await readList(deadline, userId, query)
      } finally {
        deadline.clear()
      }
    },

    async outcome(campaignId, userId) {
      const found = await registry.find(campaignId)
      if (found.kind === 'unknown') return { kind: 'unknown-campaign' }
      if (found.kind === 'retired') {
        // Its gate was removed after an audit: the ledger has all of its coupons.
        const coupons = await sources.rowsOfCampaign(campaignId, userId)
        return coupons.length > 0 ? { kind: 'granted', coupons } : { kind: 'none' }
      }
      let gateFailure: Failure | undefined
      let held: Coupon[] = []
      try {
        if (found.kind === 'recovering') throw new Failure('recovering', 'the list of campaigns is lost')
        held = await sources.inGate(found.campaign, userId)
      } catch (cause) {
        if (!(cause instanceof Failure)) throw cause
        gateFailure = cause
      }
      // Coupons with a row are granted, also while the gate does not answer.
      const coupons =
        gateFailure === undefined
          ? await statesInTime(held)
          : await sources.rowsOfCampaign(campaignId, userId).catch((): Coupon[] => [])
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
      const [row] = await Promise.allSettled([sources.row(couponId, userId)])
      if (row.status === 'fulfilled' && row.value.coupons.length > 0) return row.value.coupons[0]
      const look = await sources.look()
      const gates = await sources.inGates(look, userId)
      const inGate = gates.coupons.find(({ grant }) => grant.couponId === couponId)
      if (inGate !== undefined) return inGate
      if (row.status === 'rejected') throw row.reason
      // It may have got its row between the first query and the look.
      const ledger = await sources.row(couponId, userId)
      const [coupon] = ledger.coupons
      if (coupon === undefined && !isWhole(look, gates, ledger))
        throw new Failure('recovering', 'a gate that may have the coupon cannot be read')
      return coupon
    },
  }
}
