import { Failure, messageOf } from '../../platform/failure.ts'
import { createBound, createGroupCommit, type GroupCommit } from '../../platform/group-commit.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { CouponTerms } from '../campaign.ts'
import type { Gate, LookResult } from '../gate/gate.ts'
import type { Holder } from '../gate/packed-grant.ts'
import { type Grant, slotMax } from '../grant.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { CouponRepository } from '../ledger/coupons.ts'
import type { LiveCampaign, Registry } from '../campaigns/registry.ts'
import { createTermsReader } from '../campaigns/terms-reader.ts'

/** A coupon as its owner reads it. `confirming` is not yet a yes. */
export type CouponState = 'confirming' | 'usable' | 'expired'
export type Coupon = { grant: Grant; terms: CouponTerms; state: CouponState }

/** `complete` is false while a book cannot be read: there may be more. */
export type CouponList = { coupons: Coupon[]; more: boolean; complete: boolean }

export type CouponOutcome =
  | { kind: 'granted' | 'confirming'; coupons: Coupon[] }
  | { kind: 'none' | 'recovering' | 'unknown-campaign' }

/** What a user reads: the ledger, and beside it what gates granted and the ledger does not have yet. */
export type CouponReader = {
  /** Usable now, newest first, below `beforeId`. Never rejects for a book that cannot be read. */
  usable(userId: string, beforeId: string | undefined, limit: number): Promise<CouponList>
  /** What became of the user's issue. `none` is said only by an armed gate, or of a retired one by the ledger. Rejects `unavailable`. */
  outcome(campaignId: string, userId: string): Promise<CouponOutcome>
  /** One of the user's own, else `undefined`. Rejects when a book that may hold it cannot be read. */
  one(couponId: string, userId: string): Promise<Coupon | undefined>
}

export type CouponReaderOptions = {
  gate: Gate
  registry: Registry
  campaigns: CampaignRepository
  book: CouponRepository
  log: Logger
}

type Held = { grant: Grant; confirmed: boolean }

const recovering = (detail: string): Failure => new Failure('recovering', detail)

const looksInOneMax = 25
const looksWaitingMax = 20_000

export const createCouponReader = (options: CouponReaderOptions): CouponReader => {
  const { gate, registry, book, log } = options
  const queues = new Map<string, GroupCommit<string, Held[]>>()
  const bound = createBound(looksWaitingMax)
  const termsReader = createTermsReader(registry, options.campaigns)

  const look = async (campaignId: string, holders: Holder[]): Promise<LookResult> => {
    const epoch = registry.known(campaignId)?.view.epoch ?? 0
    const looked = await gate.look(campaignId, epoch, holders)
    if (looked.kind !== 'epoch') return looked
    const found = await registry.refresh(campaignId, 0)
    return found.kind === 'live' ? gate.look(campaignId, found.campaign.view.epoch, holders) : looked
  }

  const queueOf = (campaignId: string): GroupCommit<string, Held[]> => {
    const present = queues.get(campaignId)
    if (present !== undefined) return present
    const queue = createGroupCommit<string, Held[]>({
      batchSizeMax: looksInOneMax,
      inFlightMax: 2,
      bound,
      run: async (users) => {
        const slots = Array.from({ length: slotMax }, (_, index) => index + 1)
        const looked = await look(
          campaignId,
          users.flatMap((userId) => slots.map((slot) => ({ userId, slot }))),
        )
        if (looked.kind !== 'looked') throw recovering(`the gate of ${campaignId} says nothing`)
        return users.map((_, index) =>
          looked.found.slice(index * slotMax, (index + 1) * slotMax).filter((held) => held !== undefined),
        )
      },
    })
    for (const id of queues.keys()) if (registry.known(id) === undefined) queues.delete(id)
    queues.set(campaignId, queue)
    return queue
  }

  const heldAt = (campaign: LiveCampaign, userId: string): Promise<Held[]> =>
    queueOf(campaign.id).submit(userId)

  /** What all live gates hold for the user; a gate that cannot be read makes it incomplete. */
  const heldAnywhere = async (userId: string): Promise<{ held: Held[]; complete: boolean }> => {
    const isCurrent = await registry.refreshList()
    const answers = await Promise.allSettled(registry.live().map((campaign) => heldAt(campaign, userId)))
    return {
      held: answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : [])),
      // safeguard: a list without a gate is incomplete
      // safeguard: a list without the list of campaigns is incomplete
      complete: isCurrent && answers.every(({ status }) => status === 'fulfilled'),
    }
  }

  const couponsOf = async (held: readonly Held[]): Promise<Coupon[]> => {
    const termsOf = await termsReader.read(held.map(({ grant }) => grant.campaignId))
    const nowMs = registry.gateNowMs()
    return held.flatMap(({ grant, confirmed }) => {
      const ofCampaign = termsOf.get(grant.campaignId)
      if (ofCampaign === undefined) return []
      const state = !confirmed ? 'confirming' : nowMs < ofCampaign.usableUntilMs ? 'usable' : 'expired'
      return [{ grant, terms: ofCampaign, state }]
    })
  }

  const isUsableNow = ({ state, terms }: Coupon): boolean =>
    state === 'usable' && terms.usableFromMs <= registry.gateNowMs()

  /** The ledger's rows first: what it has is confirmed, whatever a gate says. */
  const merged = (rows: readonly Grant[], held: readonly Held[]): Held[] => {
    const stored = new Set(rows.map(({ couponId }) => couponId))
    return [
      ...rows.map((grant) => ({ grant, confirmed: true })),
      // safeguard: a list of coupons includes what only the gate knows
      ...held.filter(({ grant }) => !stored.has(grant.couponId)),
    ]
  }

  return {
    async usable(userId, beforeId, limit) {
      const listed = async (rows: readonly Grant[], held: readonly Held[], complete: boolean) => {
        const coupons = (await couponsOf(merged(rows, held)))
          .filter(isUsableNow)
          .sort((left, right) => (left.grant.couponId < right.grant.couponId ? 1 : -1))
        return { coupons: coupons.slice(0, limit), more: coupons.length > limit, complete }
      }
      const anywhere = heldAnywhere(userId).then(({ held, complete }) => ({
        held: held.filter(({ grant }) => beforeId === undefined || grant.couponId < beforeId),
        complete,
      }))
      try {
        const rows = await book.usable({ userId, beforeId, limit: limit + 1, nowMs: registry.gateNowMs() })
        const { held, complete } = await anywhere
        return await listed(rows, held, complete)
      } catch (cause) {
        log.debug({ cause: messageOf(cause) }, 'listed without the ledger')
        // Gates hold live campaigns only, whose terms are known: this asks the database nothing.
        // safeguard: a list without the ledger is incomplete
        return listed([], (await anywhere).held, false)
      }
    },

    async outcome(campaignId, userId) {
      const found = await registry.find(campaignId)
      if (found.kind === 'unknown') return { kind: 'unknown-campaign' }
      if (found.kind === 'retired') {
        // Its gate went only after the books agreed: the ledger has all there ever was.
        const rows = await couponsOf(merged(await book.ofCampaign(campaignId, userId), []))
        return rows.length > 0 ? { kind: 'granted', coupons: rows } : { kind: 'none' }
      }
      let silence: Failure | undefined
      let held: Held[] = []
      try {
        if (found.kind === 'recovering') throw recovering('the list of campaigns is lost')
        held = await heldAt(found.campaign, userId)
      } catch (cause) {
        if (!(cause instanceof Failure)) throw cause
        silence = cause
      }
      // A gate that says nothing changes nothing about what the ledger has.
      const rows =
        silence === undefined ? [] : await book.ofCampaign(campaignId, userId).catch((): Grant[] => [])
      const coupons = await couponsOf(merged(rows, held))
      if (coupons.length > 0)
        return {
          kind: coupons.some(({ state }) => state === 'confirming') ? 'confirming' : 'granted',
          coupons,
        }
      if (silence === undefined) return { kind: 'none' }
      if (silence.code === 'recovering') return { kind: 'recovering' }
      throw silence
    },

    async one(couponId, userId) {
      const anywhere = heldAnywhere(userId)
      const row = await book.one(couponId, userId).catch((cause: unknown) => cause)
      const { held, complete } = await anywhere
      const stored = row instanceof Error || row === undefined ? [] : [row as Grant]
      const mine = merged(stored, held).filter(({ grant }) => grant.couponId === couponId)
      const [coupon] = await couponsOf(mine)
      if (coupon !== undefined) return coupon
      if (row instanceof Error) throw row
      if (!complete) throw recovering('a gate that may hold it cannot be read')
      return undefined
    },
  }
}
