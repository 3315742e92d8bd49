import { Failure } from '../../platform/failure.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { decodeDocument, type CampaignDocument, type OperatorState } from '../campaign.ts'
import type { Grant } from '../grant.ts'
import type { OutboxEntry } from './outbox-entry.ts'
import { keysOf, layout } from './keys.ts'
import {
  type PackedGrant,
  parsePackedGrant,
  parseRefusal,
  parseReply,
  type Refusal,
  type Reply,
  wholeNumber,
} from './reply.ts'
import { confirmScript, decideScript, lookScript, viewScript } from './scripts.ts'

/** One user's wish. `couponId` is what the coupon will be called if the gate says yes. */
export type Wish = { userId: string; slot: number; couponId: string }

/** What the gate answered one wish. `same` points at an earlier wish of the same call by the same user and slot. */
export type Decision =
  | { kind: 'granted'; grant: Grant }
  | { kind: 'won'; grant: Grant; confirmed: boolean }
  | { kind: 'same'; index: number }
  | { kind: 'over-limit'; limit: number }
  | { kind: 'paused' | 'closed' | 'not-open' | 'backlog' | 'held' | 'sold-out' }

export type Decided =
  | Refusal
  | { kind: 'decided'; nowMs: number; decisions: Decision[]; entry: OutboxEntry | undefined }

/** What a gate last said of itself. `armed` false: it must not be believed, it is being brought back. */
export type GateView = {
  armed: boolean
  nowMs: number
  epoch: number
  state: OperatorState
  stock: number
  granted: number
  version: number
  document: CampaignDocument
  /** How far its arming is, in words; empty when it is armed. */
  progress: string
}

/** A gate that has not all its facts: it is gone, or being armed after it was lost. */
export type GateRemains = { armed: false; epoch: undefined; progress: string }

/** One user's place at a gate: which coupon, if any, (user, slot) holds. */
export type Holder = { userId: string; slot: number }
export type Looked =
  | Refusal
  | { kind: 'looked'; nowMs: number; found: ({ grant: Grant; confirmed: boolean } | undefined)[] }

/** The decider. Every method is one command; a rejection is `unavailable`: it may have happened. */
export type Gate = {
  /** Decides a batch: every new grant of it is in the outbox when this resolves. */
  decide(campaignId: string, epoch: number, wishes: readonly Wish[]): Promise<Decided>
  /** Takes entries that the log has acknowledged out of the outbox. Only `confirmed` makes a 201. */
  confirm(
    campaignId: string,
    epoch: number,
    entries: readonly OutboxEntry[],
  ): Promise<Refusal | { kind: 'confirmed' }>
  /** Reads what users hold; changes nothing. */
  look(campaignId: string, epoch: number, holders: readonly Holder[]): Promise<Looked>
  /**
   * Reads the gate's public facts and its epoch. `epochKnown` is the epoch it was last seen at: another costs a second call, as
   * only then its keys can be named.
   */
  view(campaignId: string, epochKnown?: number): Promise<GateView | GateRemains>
}

const refusedAs: Record<string, Decision> = {
  PAUSED: { kind: 'paused' },
  CLOSED: { kind: 'closed' },
  NOT_OPEN: { kind: 'not-open' },
  BACKLOG: { kind: 'backlog' },
  HELD: { kind: 'held' },
  SOLD_OUT: { kind: 'sold-out' },
}

const unpacked = (campaignId: string, epoch: number, holder: Holder, packed: PackedGrant): Grant => ({
  couponId: packed.couponId,
  campaignId,
  userId: holder.userId,
  slot: holder.slot,
  rank: packed.rank,
  epoch,
  grantedAtMs: packed.grantedAtMs,
})

/** The exceptions of decide and the finds of look: index (from 1), kind, value, one after the other. */
const triples = (
  script: string,
  flat: readonly (string | number)[],
): { index: number; kind: string; value: unknown }[] => {
  const list = []
  for (let at = 0; at < flat.length; at += 3)
    list.push({ index: wholeNumber(script, flat[at]) - 1, kind: String(flat[at + 1]), value: flat[at + 2] })
  return list
}

export const createGate = (redis: RedisClient, options: { outboxGrantsMax: number }): Gate => ({
  async decide(campaignId, epoch, wishes) {
    let requests = ''
    for (const { userId, slot, couponId } of wishes) requests += `${slot} ${userId} ${couponId}\n`
    const args = [layout, epoch, options.outboxGrantsMax, requests]
    const reply = parseReply('decide', await redis.run(decideScript, keysOf(campaignId, epoch), args))
    if (reply.code !== 'OK') return parseRefusal('decide', reply)

    const nowMs = reply.number(1)
    const decisions = new Array<Decision | undefined>(wishes.length)
    for (const { index, kind, value } of triples('decide', reply.list(7))) {
      const wish = wishes[index]
      if (wish === undefined) throw new Failure('defect', 'decide named a wish that is not there')
      if (kind === 'SAME') decisions[index] = { kind: 'same', index: wholeNumber('decide', value) - 1 }
      else if (kind === 'OVER_LIMIT')
        decisions[index] = { kind: 'over-limit', limit: wholeNumber('decide', value) }
      else {
        const grant = unpacked(campaignId, epoch, wish, parsePackedGrant('decide', value))
        decisions[index] = { kind: 'won', grant, confirmed: kind === 'WON' }
      }
    }

    const freeRanks = reply.list(6)
    const grantedCount = reply.number(3)
    const nextRank = reply.number(4)
    const refused = refusedAs[reply.text(5)]
    const grants: Grant[] = []
    const served: Decision[] = []
    for (const [index, { userId, slot, couponId }] of wishes.entries()) {
      const exception = decisions[index]
      if (exception !== undefined) served.push(exception)
      else if (grants.length < grantedCount) {
        const free = freeRanks[grants.length]
        const rank = free === undefined ? nextRank + grants.length - freeRanks.length : Number(free)
        const grant = { couponId, campaignId, userId, slot, rank, epoch, grantedAtMs: nowMs }
        grants.push(grant)
        served.push({ kind: 'granted', grant })
      } else if (refused !== undefined) served.push(refused)
      else throw new Failure('defect', `decide refused as ${reply.text(5)}`)
    }
    const entry = grants.length === 0 ? undefined : { campaignId, epoch, number: reply.number(2), grants }
    return { kind: 'decided', nowMs, decisions: served, entry }
  },

  async confirm(campaignId, epoch, entries) {
    const args: (string | number)[] = [layout, epoch]
    for (const { number, grants } of entries) args.push(number, grants.length)
    const reply = parseReply('confirm', await redis.run(confirmScript, keysOf(campaignId, epoch), args))
    return reply.code === 'OK' ? { kind: 'confirmed' } : parseRefusal('confirm', reply)
  },

  // safeguard: no compensation / no method takes a grant back
  async look(campaignId, epoch, holders) {
    const fields = holders.map(({ userId, slot }) => `${slot}:${userId}`)
    const reply = parseReply(
      'look',
      await redis.run(lookScript, keysOf(campaignId, epoch), [layout, epoch, ...fields]),
    )
    if (reply.code !== 'OK') return parseRefusal('look', reply)
    const found = new Array<{ grant: Grant; confirmed: boolean } | undefined>(holders.length).fill(undefined)
    for (const { index, kind, value } of triples('look', reply.list(2))) {
      const holder = holders[index]
      if (holder === undefined) continue
      const grant = unpacked(campaignId, epoch, holder, parsePackedGrant('look', value))
      found[index] = { grant, confirmed: kind === 'WON' }
    }
    return { kind: 'looked', nowMs: reply.number(1), found }
  },

  async view(campaignId, epochKnown = 1) {
    const readAs = async (epoch: number): Promise<Reply> =>
      parseReply('view', await redis.run(viewScript, keysOf(campaignId, epoch), [layout, epoch]))
    let reply = await readAs(epochKnown)
    if (reply.code === 'EPOCH') reply = await readAs(reply.number(2))
    const progress = reply.text(8)
    if (reply.rest(2).slice(0, 6).includes('')) return { armed: false, epoch: undefined, progress }
    const state = reply.text(3)
    return {
      armed: reply.code === 'OK',
      nowMs: reply.number(1),
      epoch: reply.number(2),
      // A gate that is being armed no longer says what it was: nobody reads the state of one that is not armed.
      state: state === 'paused' || state === 'closed' ? state : 'open',
      stock: reply.number(4),
      granted: reply.number(5),
      version: reply.number(6),
      document: decodeDocument(reply.text(7)),
      progress,
    }
  },
})
