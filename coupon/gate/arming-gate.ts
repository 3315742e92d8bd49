import type { RedisClient } from '../../platform/redis.ts'
import type { Campaign } from '../campaign.ts'
import type { Grant } from '../grant.ts'
import { packSettings } from './gate-settings.ts'
import { freeKey, gateKey, gateKeys, gateLayout, outboxKey, winnersKey } from './keys.ts'
import { type OutboxEntry, parseOutboxEntry } from './outbox-entry.ts'
import { type Lost, parseLost, parseReply } from './reply.ts'
import { fillScript, flipScript, stopScript } from './scripts.ts'

/** What an arming holds from stop to flip: the fence of the server that it stopped, and its own claim. */
export type Seal = { fence: string; claim: string }

export type StopResult = { kind: 'stopped'; fence: string } | { kind: 'ahead'; epoch: number } | Lost

/** How much a rebuild put into the keys of the new epoch: the flip compares it with what is there. */
export type RebuiltCounts = {
  winners: number
  freeRanks: number
  nextRank: number
  /** 0 without winners. */
  lastGrantAtMs: number
}

/**
 * The gate while it is being armed, from stop to flip (protocol.md section 4). Every method is one command.
 * Rejects `unavailable`: the command may have been carried out.
 */
export type ArmingGate = {
  /**
   * Stops the gate: from here nothing is granted or confirmed. `claim` is `<epoch>:<unique>`. `ahead`: a gate
   * or a claim of this later epoch exists, and nothing was changed.
   */
  stop(campaignId: string, epoch: number, claim: string): Promise<StopResult>
  /** Outbox entries of a stopped gate from this number on, oldest first. */
  survivors(campaignId: string, epoch: number, fromNumber: number, entriesMax: number): Promise<OutboxEntry[]>
  /** Adds grants and free ranks to the keys of an epoch that has not begun. */
  fill(
    campaignId: string,
    epoch: number,
    seal: Seal,
    grants: readonly Grant[],
    freeRanks: readonly number[],
  ): Promise<{ kind: 'filled' } | Lost>
  /**
   * Opens the gate at this epoch; units are grantable only after `holdMs`. Its settings are those of the
   * campaign. Its own stay when they have a higher version, or when a holder would lose by the others.
   * `version` is the one that it has now.
   */
  flip(
    campaign: Campaign,
    epoch: number,
    seal: Seal,
    rebuilt: RebuiltCounts,
    holdMs: number,
  ): Promise<{ kind: 'armed'; epochBefore: number; version: number } | Lost>
  /** Writes how far the arming is, for people. No script reads it. */
  noteProgress(campaignId: string, progress: string): Promise<void>
  /** Removes the keys of an epoch that is over. */
  forget(campaignId: string, epoch: number): Promise<void>
}

/** Keys of an epoch that has not begun live this long after the last chunk. */
const rebuildExpiryMs = 600_000

/** A rebuilt grant is in the log and in the ledger: its number is 0, which no outbox entry covers. */
const packRebuilt = ({ couponId, rank, grantedAtMs }: Grant): string => `${couponId}|${rank}|${grantedAtMs}|0`

export const createArmingGate = (redis: RedisClient): ArmingGate => ({
  async stop(id, epoch, claim) {
    const reply = parseReply('stop', await redis.run(stopScript, [gateKey(id)], [epoch, claim]))
    if (reply.code === 'EPOCH') return { kind: 'ahead', epoch: reply.number(1) }
    return reply.code === 'OK' ? { kind: 'stopped', fence: reply.text(1) } : parseLost('stop', reply)
  },

  async survivors(id, epoch, fromNumber, entriesMax) {
    const key = outboxKey(id, epoch)
    const entries = await redis.command('XRANGE', key, `${epoch}-${fromNumber}`, '+', 'COUNT', entriesMax)
    const list = Array.isArray(entries) ? (entries as [string, string[]][]) : []
    return list.map(([entryId, fields]) =>
      parseOutboxEntry(id, epoch, {
        number: entryId.split('-')[1],
        grantedAtMs: fields[3],
        grants: fields[5],
      }),
    )
  },

  async fill(id, epoch, { fence, claim }, grants, freeRanks) {
    const args = [
      ...[fence, claim, rebuildExpiryMs, grants.length],
      ...grants.flatMap((grant) => [`${grant.slot}:${grant.userId}`, packRebuilt(grant)]),
      ...freeRanks,
    ]
    const keys = [gateKey(id), winnersKey(id, epoch), freeKey(id, epoch)]
    const reply = parseReply('fill', await redis.run(fillScript, keys, args))
    return reply.code === 'OK' ? { kind: 'filled' } : parseLost('fill', reply)
  },

  async flip(campaign, epoch, { fence, claim }, { winners, freeRanks, nextRank, lastGrantAtMs }, holdMs) {
    const { id } = campaign
    const args = [
      ...[gateLayout, epoch, fence, claim, winners, freeRanks, nextRank, lastGrantAtMs, holdMs],
      ...packSettings(campaign),
    ]
    const reply = parseReply('flip', await redis.run(flipScript, gateKeys(id, epoch), args))
    if (reply.code !== 'OK') return parseLost('flip', reply)
    return { kind: 'armed', epochBefore: reply.number(2), version: reply.number(3) }
  },

  async noteProgress(id, progress) {
    await redis.command('HSET', gateKey(id), 'progress', progress)
  },

  async forget(id, epoch) {
    await redis.command('UNLINK', winnersKey(id, epoch), outboxKey(id, epoch), freeKey(id, epoch))
  },
})
