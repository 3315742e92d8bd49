import type { RedisClient } from '../../platform/redis.ts'
import type { Grant } from '../grant.ts'
import { gateKeys, gateLayout, listKeys, winnersKey } from './keys.ts'
import { type OutboxEntry, parseOutboxEntry } from './outbox-entry.ts'
import { grantOf, parsePackedGrant } from './packed-grant.ts'
import { type Lost, parseLost, parseRefusal, parseReply, type Refusal } from './reply.ts'
import { inspectScript, retireScript } from './scripts.ts'

export type InspectResult =
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

/** A live gate for keeper, sweep and retirement. Rejects `unavailable`: it may have been carried out. */
export type KeeperGate = {
  /** Whether the gate is in order at this epoch, with its overdue outbox entries, oldest first. */
  inspect(campaignId: string, epoch: number, overdueMs: number, entriesMax: number): Promise<InspectResult>
  /** Some of the winners, and the cursor to go on from: `0` begins and ends. A winner may come twice. */
  winners(campaignId: string, epoch: number, cursor: string, countHint: number): Promise<WinnersPage>
  /** Removes the gate of a campaign that the ledger calls retired. */
  retire(campaignId: string, epoch: number): Promise<{ kind: 'retired' } | Lost>
}

export const createKeeperGate = (redis: RedisClient): KeeperGate => ({
  async inspect(id, epoch, overdueMs, entriesMax) {
    const args = [gateLayout, epoch, overdueMs, entriesMax]
    const reply = parseReply('inspect', await redis.run(inspectScript, gateKeys(id, epoch), args))
    if (reply.code !== 'OK') return parseRefusal('inspect', reply)
    const flat = reply.list(5)
    const overdue: OutboxEntry[] = []
    for (let at = 0; at < flat.length; at += 3)
      overdue.push(
        parseOutboxEntry(id, epoch, { number: flat[at], grantedAtMs: flat[at + 1], grants: flat[at + 2] }),
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

  async winners(id, epoch, cursor, countHint) {
    const [seconds] = (await redis.command('TIME')) as [string, string]
    const page = await redis.command('HSCAN', winnersKey(id, epoch), cursor, 'COUNT', countHint)
    const [next, flat] = page as [string, string[]]
    const grants: Grant[] = []
    for (let at = 0; at < flat.length; at += 2) {
      const [, slot, userId = ''] = /^(\d+):(.+)$/.exec(flat[at] ?? '') ?? []
      const holder = { userId, slot: Number(slot) }
      grants.push(grantOf(id, epoch, holder, parsePackedGrant('winners', flat[at + 1])))
    }
    return { grants, cursor: next, nowMs: Number(seconds) * 1_000 }
  },

  async retire(id, epoch) {
    const keys = [...gateKeys(id, epoch), ...listKeys]
    const reply = parseReply('retire', await redis.run(retireScript, keys, [id, epoch]))
    return reply.code === 'OK' ? { kind: 'retired' } : parseLost('retire', reply)
  },
})
