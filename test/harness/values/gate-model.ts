import { type CampaignTerms, type OperatorState } from '../../../coupon/campaign.ts'
import type { Decision, GrantRequest } from '../../../coupon/gate/decision.ts'
import type { OutboxEntry } from '../../../coupon/gate/outbox-entry.ts'
import type { Holder } from '../../../coupon/gate/packed-grant.ts'
import type { Refusal } from '../../../coupon/gate/reply.ts'
import type { Grant } from '../../../coupon/grant.ts'

/** What an arming gives a gate; `window` stands for its times, so that no clock decides a test. */
export type ModelSettings = Pick<CampaignTerms, 'stock' | 'perUserLimit'> & {
  state: OperatorState
  window: 'before' | 'in' | 'after'
  isHeld: boolean
}

/** What a rebuild has to put into the keys of the next epoch. */
export type ModelRebuild = { grants: Grant[]; freeRanks: number[]; nextRank: number; lastGrantAtMs: number }

/**
 * What the gate of one campaign must answer, in maps and counters, one user after the other. It is written
 * from docs/protocol.md and compared with the scripts. It begins as a campaign that was never armed.
 */
export type GateModel = {
  epoch(): number
  /** The epoch that its server still knows of; 0 when that memory is gone. */
  epochThere(): number
  settings(): ModelSettings
  /** Why it refuses; `undefined` while it is armed. `epoch` is the epoch that the caller knows. */
  refusal(epoch: number): Refusal | undefined
  decide(
    requests: readonly GrantRequest[],
    nowMs: number,
  ): { decisions: Decision[]; entry: OutboxEntry | undefined }
  /** The log has these entries; whether the gate has heard of it is another matter. */
  append(entries: readonly OutboxEntry[]): void
  confirm(entries: readonly OutboxEntry[]): void
  look(holders: readonly Holder[]): ({ grant: Grant; confirmed: boolean } | undefined)[]
  stop(): void
  /** Its server forgets the gate: only what the log has is left. */
  lose(): void
  /** What a rebuild finds, survivors of the outbox included. */
  rebuild(): ModelRebuild
  arm(settings: ModelSettings): void
  outbox(): readonly OutboxEntry[]
  free(): { ranks: readonly number[]; nextRank: number }
}

type Winner = { grant: Grant; number: number }

const fieldOf = ({ slot, userId }: Holder): string => `${slot}:${userId}`

/** A model of a gate whose outbox takes `outboxGrantsMax` grants. */
export const createGateModel = (campaignId: string, outboxGrantsMax: number): GateModel => {
  const winners = new Map<string, Winner>()
  const inLog = new Set<string>()
  let settings: ModelSettings = { stock: 0, perUserLimit: 1, state: 'open', window: 'in', isHeld: false }
  let phase: 'lost' | 'stopped' | 'armed' = 'lost'
  let [epoch, epochThere, nextRank] = [0, 0, 1]
  let freeRanks: number[] = []
  let outbox: OutboxEntry[] = []

  const pending = (): Grant[] => outbox.flatMap(({ grants }) => grants)
  const isPending = (grant: Grant): boolean => pending().some(({ couponId }) => couponId === grant.couponId)

  /** The answer to everybody but winners; `undefined` while coupons can be granted. */
  const refusedAll = (): Decision | undefined => {
    if (settings.state !== 'open') return { kind: settings.state }
    if (settings.window === 'before') return { kind: 'not-open' }
    if (settings.window === 'after') return { kind: 'closed' }
    if (pending().length >= outboxGrantsMax) return { kind: 'backlog' }
    return settings.isHeld && winners.size < settings.stock ? { kind: 'held' } : undefined
  }
  /** The answer to the next user who is no winner, with `fresh` coupons granted in this call. */
  const refusedOne = (fresh: number): Decision | undefined => {
    if (winners.size + fresh < settings.stock)
      return pending().length + fresh < outboxGrantsMax ? undefined : { kind: 'backlog' }
    // The call as a whole ran into the bound of the outbox before it ran out of stock.
    return outboxGrantsMax - pending().length < settings.stock - winners.size
      ? { kind: 'backlog' }
      : { kind: 'sold-out' }
  }
  /** Whether settings would take something from people who were let in under those that the gate has. */
  const takes = ({ stock, perUserLimit, window }: ModelSettings): boolean => {
    const hasOpened = epochThere > 0 && (settings.window !== 'before' || winners.size > 0)
    const isSameOpening = (window === 'before') === (settings.window === 'before')
    return hasOpened && (stock < settings.stock || perUserLimit < settings.perUserLimit || !isSameOpening)
  }
  const isOver = (refused: Decision | undefined): boolean =>
    refused?.kind === 'paused' || refused?.kind === 'closed'

  return {
    epoch: () => epoch,
    epochThere: () => epochThere,
    settings: () => settings,
    outbox: () => outbox,
    free: () => ({ ranks: freeRanks, nextRank }),
    refusal(asked) {
      if (phase === 'lost') return { kind: 'recovering', reason: 'unarmed layout' }
      if (phase === 'stopped') return { kind: 'recovering', reason: 'rearming' }
      return asked === epoch ? undefined : { kind: 'epoch', epoch }
    },
    decide(requests, nowMs) {
      const refused = refusedAll()
      const asked = new Map<string, number>()
      const fresh: Grant[] = []
      const decisions = requests.map((request, index): Decision => {
        const { userId, slot, couponId } = request
        const winner = winners.get(fieldOf(request))
        if (winner !== undefined)
          return { kind: 'won', grant: winner.grant, confirmed: !isPending(winner.grant) }
        const earlier = asked.get(fieldOf(request))
        if (earlier !== undefined) return { kind: 'same', index: earlier }
        if (slot > settings.perUserLimit && !isOver(refused))
          return { kind: 'over-limit', limit: settings.perUserLimit }
        asked.set(fieldOf(request), index)
        const no = refused ?? refusedOne(fresh.length)
        if (no !== undefined) return no
        const rank = freeRanks.shift() ?? nextRank++
        const grant = { couponId, campaignId, userId, slot, rank, epoch, grantedAtMs: nowMs }
        fresh.push(grant)
        return { kind: 'granted', grant }
      })
      if (fresh.length === 0) return { decisions, entry: undefined }
      const entry = { campaignId, epoch, number: winners.size + 1, grants: fresh }
      for (const [index, grant] of fresh.entries())
        winners.set(fieldOf(grant), { grant, number: entry.number + index })
      outbox.push(entry)
      return { decisions, entry }
    },
    append(entries) {
      for (const { grants } of entries) for (const { couponId } of grants) inLog.add(couponId)
    },
    confirm(entries) {
      outbox = outbox.filter((entry) => !entries.some(({ number }) => number === entry.number))
    },
    look: (holders) =>
      holders.map((holder) => {
        const grant = winners.get(fieldOf(holder))?.grant
        return grant === undefined ? undefined : { grant, confirmed: !isPending(grant) }
      }),
    stop() {
      phase = 'stopped'
    },
    lose() {
      for (const [field, { grant }] of winners) if (!inLog.has(grant.couponId)) winners.delete(field)
      outbox = []
      epochThere = 0
      phase = 'lost'
    },
    rebuild() {
      const grants = [...winners.values()].map(({ grant }) => grant)
      const taken = new Set(grants.map(({ rank }) => rank))
      const highest = Math.max(0, ...taken)
      const ranks = Array.from({ length: highest }, (_, index) => index + 1)
      return {
        ...{ grants, freeRanks: ranks.filter((rank) => !taken.has(rank)), nextRank: highest + 1 },
        lastGrantAtMs: Math.max(0, ...grants.map(({ grantedAtMs }) => grantedAtMs)),
      }
    },
    arm(next) {
      const kept = takes(next)
      const rebuilt = this.rebuild()
      this.append(outbox)
      epoch += 1
      epochThere = epoch
      for (const [field, { grant }] of winners) winners.set(field, { grant: { ...grant, epoch }, number: 0 })
      ;({ freeRanks, nextRank } = rebuilt)
      outbox = []
      settings = { ...(kept ? settings : next), isHeld: next.isHeld }
      phase = 'armed'
    },
  }
}
