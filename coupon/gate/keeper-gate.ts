import type { RedisClient } from '../../platform/redis.ts'
import { type Campaign, encodeDocument } from '../campaign.ts'
import type { Grant } from '../grant.ts'
import { type OutboxEntry, parseEntry } from './outbox-entry.ts'
import { freeKey, gateKey, keysOf, layout, listKeys, outboxKey, winnersKey } from './keys.ts'
import { parsePackedGrant, parseRefusal, parseReply, type Refusal } from './reply.ts'
import { fillScript, flipScript, inspectScript, retireScript, stopScript } from './scripts.ts'

/** What an arming holds from stop to flip: the server it stopped, and that it was this arming which did. */
export type Seal = { fence: string; claim: string }

/** What a rebuild put into the keys of the new epoch. */
export type Rebuilt = { winners: number; freeRanks: number; nextRank: number }

/** A step that found another arming, another server or lost memory: arming starts over. */
export type Lost = { kind: 'lost'; what: string }

export type Inspected =
  | Refusal
  | {
      kind: 'in-order'
      granted: number
      stock: number
      grantsPending: number
      overdue: OutboxEntry[]
      /** Age of the oldest outbox entry, overdue or not; 0 when there is none. */
      oldestAgeMs: number
    }

/** `nowMs` is the gate's time. */
export type WinnersPage = { grants: Grant[]; cursor: string; nowMs: number }

/** The gate as the keeper sees it. Every method is one command; a rejection is `unavailable`: it may have happened. */
export type KeeperGate = {
  /** Whether the gate is in order at this epoch, with its overdue outbox entries, oldest first. */
  inspect(campaignId: string, epoch: number, overdueMs: number, entriesMax: number): Promise<Inspected>
  /** From here nothing is granted or confirmed. */
  stop(campaignId: string, epoch: number, claim: string): Promise<{ kind: 'stopped'; fence: string } | Lost>
  /** Outbox entries of a stopped gate from the number on, oldest first. */
  survivors(campaignId: string, epoch: number, fromNumber: number, entriesMax: number): Promise<OutboxEntry[]>
  /** Adds grants and free ranks to the keys of an epoch that has not begun. */
  fill(
    campaignId: string,
    epoch: number,
    seal: Seal,
    grants: readonly Grant[],
    freeRanks: readonly number[],
  ): Promise<{ kind: 'filled' } | Lost>
  /** Opens the gate at this epoch; units are grantable only after `holdMs`. */
  flip(
    campaign: Campaign,
    epoch: number,
    seal: Seal,
    rebuilt: Rebuilt,
    holdMs: number,
  ): Promise<{ kind: 'armed'; epochBefore: number } | Lost>
  /** Some of the winners, and where to go on; cursor `0` begins and ends. A winner may come twice. */
  winners(campaignId: string, epoch: number, cursor: string, countHint: number): Promise<WinnersPage>
  /** Shows how far an arming is; of no meaning to any script. */
  note(campaignId: string, progress: string): Promise<void>
  /** Removes the keys of an epoch that is over. */
  forget(campaignId: string, epoch: number): Promise<void>
  /** Takes away the gate of a campaign that the ledger calls retired. */
  retire(campaignId: string, epoch: number): Promise<{ kind: 'retired' } | Lost>
}

/** Keys of an epoch that has not begun live this long after the last chunk. */
const rebuildExpiryMs = 600_000

/** A rebuilt grant is in the log and in the ledger: no outbox entry covers number 0. */
const packed = ({ couponId, rank, grantedAtMs }: Grant): string => `${couponId}|${rank}|${grantedAtMs}|0`

export const createKeeperGate = (redis: RedisClient): KeeperGate => ({
  async inspect(id, epoch, overdueMs, entriesMax) {
    const args = [layout, epoch, overdueMs, entriesMax]
    const reply = parseReply('inspect', await redis.run(inspectScript, keysOf(id, epoch), args))
    if (reply.code !== 'OK') return parseRefusal('inspect', reply)
    const flat = reply.list(5)
    const overdue: OutboxEntry[] = []
    for (let at = 0; at < flat.length; at += 3)
      overdue.push(
        parseEntry(id, epoch, { number: flat[at], grantedAtMs: flat[at + 1], grants: flat[at + 2] }),
      )
    return {
      kind: 'in-order',
      granted: reply.number(2),
      stock: reply.number(3),
      grantsPending: reply.number(4),
      overdue,
      oldestAgeMs: reply.number(6),
    }
  },

  async stop(id, epoch, claim) {
    const reply = parseReply('stop', await redis.run(stopScript, [gateKey(id)], [epoch, claim]))
    return reply.code === 'OK'
      ? { kind: 'stopped', fence: reply.text(1) }
      : { kind: 'lost', what: `stop said ${reply.code} ${reply.text(1)}`.trim() }
  },

  async survivors(id, epoch, fromNumber, entriesMax) {
    const key = outboxKey(id, epoch)
    const entries = await redis.command('XRANGE', key, `${epoch}-${fromNumber}`, '+', 'COUNT', entriesMax)
    const list = Array.isArray(entries) ? (entries as [string, string[]][]) : []
    return list.map(([entryId, fields]) =>
      parseEntry(id, epoch, { number: entryId.split('-')[1], grantedAtMs: fields[3], grants: fields[5] }),
    )
  },

  async fill(id, epoch, { fence, claim }, grants, freeRanks) {
    const args = [
      ...[fence, claim, rebuildExpiryMs, grants.length],
      ...grants.flatMap((grant) => [`${grant.slot}:${grant.userId}`, packed(grant)]),
      ...freeRanks,
    ]
    const keys = [gateKey(id), winnersKey(id, epoch), freeKey(id, epoch)]
    const reply = parseReply('fill', await redis.run(fillScript, keys, args))
    return reply.code === 'OK' ? { kind: 'filled' } : { kind: 'lost', what: `fill lost its ${reply.text(1)}` }
  },

  async flip(campaign, epoch, { fence, claim }, { winners, freeRanks, nextRank }, holdMs) {
    const { id, state, stock, opensAtMs, closesAtMs, perUserLimit, version } = campaign
    const reply = parseReply(
      'flip',
      await redis.run(flipScript, keysOf(id, epoch), [
        ...[layout, epoch, fence, claim, winners, freeRanks, nextRank, holdMs],
        ...[state, stock, opensAtMs, closesAtMs, perUserLimit, version, encodeDocument(campaign)],
      ]),
    )
    return reply.code === 'OK'
      ? { kind: 'armed', epochBefore: reply.number(2) }
      : { kind: 'lost', what: `flip lost its ${reply.text(1)}` }
  },

  async winners(id, epoch, cursor, countHint) {
    const [seconds] = (await redis.command('TIME')) as [string, string]
    const page = await redis.command('HSCAN', winnersKey(id, epoch), cursor, 'COUNT', countHint)
    const [next, flat] = page as [string, string[]]
    const grants: Grant[] = []
    for (let at = 0; at < flat.length; at += 2) {
      const [, slot, userId] = /^(\d+):(.+)$/.exec(flat[at] ?? '') ?? []
      const { couponId, rank, grantedAtMs } = parsePackedGrant('winners', flat[at + 1])
      grants.push({
        couponId,
        campaignId: id,
        userId: userId ?? '',
        slot: Number(slot),
        rank,
        epoch,
        grantedAtMs,
      })
    }
    return { grants, cursor: next, nowMs: Number(seconds) * 1_000 }
  },

  async note(id, progress) {
    await redis.command('HSET', gateKey(id), 'progress', progress)
  },

  async forget(id, epoch) {
    await redis.command('UNLINK', winnersKey(id, epoch), outboxKey(id, epoch), freeKey(id, epoch))
  },

  async retire(id, epoch) {
    const keys = [...keysOf(id, epoch), ...listKeys]
    const reply = parseReply('retire', await redis.run(retireScript, keys, [id, epoch]))
    return reply.code === 'OK'
      ? { kind: 'retired' }
      : { kind: 'lost', what: `retire said ${reply.code} ${reply.text(1)}`.trim() }
  },
})
