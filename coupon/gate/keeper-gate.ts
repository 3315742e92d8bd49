import { Failure } from '../../platform/failure.ts'
import type { RedisClient } from '../../platform/redis.ts'
import type { Campaign } from '../campaign.ts'
import { type Grant, grantShape } from '../grant.ts'
import { type GateSettings, packSettings, parseSettings, settingsFields } from './gate-settings.ts'
import { createHaltGate, type Halt, type HaltGate, parseHalt } from './halt-gate.ts'
import { gateKey, gateKeys, gateLayout, listKeys, unrecordedKey, winnersKey } from './keys.ts'
import { type OutboxEntry, parseOutboxEntry } from './outbox-entry.ts'
import { grantOf, parsePackedGrant } from './packed-grant.ts'
import { type Lost, parseLost, parseRefusal, parseReply, type Refusal } from './reply.ts'
import { applyScript, inspectScript, retireScript } from './scripts.ts'

export type InspectResult =
  | Refusal
  | {
      kind: 'in-order'
      /** The gate's time. */
      nowMs: number
      granted: number
      stock: number
      grantsPending: number
      overdue: OutboxEntry[]
      /** Age of the oldest outbox entry, overdue or not; 0 when there is none. */
      oldestAgeMs: number
      /** Version of the settings that the gate has. */
      version: number
      /** It was halted, and the ledger may not have recorded it yet. */
      halt: Halt | undefined
    }

/**
 * `applied`: the gate has these settings now. `older`: it has this version or a higher one already.
 * `recovering`: it is being armed, and the settings were kept for its flip. `frozen`: it has opened, and this
 * part would take something from a holder. `lost`: this server has no gate that may answer; the next arming
 * reads the settings from the ledger.
 */
export type ApplyResult =
  | { kind: 'applied' | 'recovering' }
  | { kind: 'older'; version: number }
  | { kind: 'frozen'; part: string }
  | Lost

/** `refused`: the gate may grant, or is not the one that was audited. Nothing was changed. */
export type RetireResult = { kind: 'retired' } | { kind: 'refused'; what: string } | Lost

/** `unreadable`: fields that hold no grant. `nowMs` is the gate's time. */
export type WinnersPage = { grants: Grant[]; unreadable: string[]; cursor: string; nowMs: number }

/** A live gate for keeper, sweep and retirement. Rejects `unavailable`: it may have been carried out. */
export type KeeperGate = HaltGate & {
  /** Whether the gate is in order at this epoch, with its overdue outbox entries, oldest first. */
  inspect(campaignId: string, epoch: number, overdueMs: number, entriesMax: number): Promise<InspectResult>
  /** Some of the winners, and the cursor to go on from: `0` begins and ends. A winner may come twice. */
  winners(campaignId: string, epoch: number, cursor: string, countHint: number): Promise<WinnersPage>
  /** Brings settings to the gate; only a higher version than that of the gate is written. */
  apply(campaign: Omit<Campaign, 'epoch'>): Promise<ApplyResult>
  /** The settings that the gate has; `undefined` when it is missing or being armed. */
  settings(campaignId: string): Promise<GateSettings | undefined>
  /** Removes the gate of a campaign that the ledger calls retired, as it was audited. */
  retire(campaign: Pick<Campaign, 'id' | 'epoch' | 'version'>): Promise<RetireResult>
}

/** Codes of retire.lua that say why the gate has to stay. */
const refusedByGate = new Set(['VERSION', 'OPEN', 'OUTBOX'])

/** A field of the winners hash as a grant; `undefined` when it is none that the log could hold. */
const winnerOf = (
  campaignId: string,
  epoch: number,
  field: string,
  packed: string | undefined,
): Grant | undefined => {
  const [, slot, userId = ''] = /^(\d+):(.+)$/.exec(field) ?? []
  try {
    const holder = { userId, slot: Number(slot) }
    const grant = grantOf(campaignId, epoch, holder, parsePackedGrant('winners', packed))
    return grantShape.safeParse(grant).success ? grant : undefined
  } catch (cause) {
    if (cause instanceof Failure) return undefined
    throw cause
  }
}

export const createKeeperGate = (redis: RedisClient): KeeperGate => ({
  ...createHaltGate(redis),

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
      nowMs: reply.number(1),
      granted: reply.number(2),
      stock: reply.number(3),
      grantsPending: reply.number(4),
      overdue,
      oldestAgeMs: reply.number(6),
      version: reply.number(7),
      halt: parseHalt(reply.text(8)),
    }
  },

  async winners(id, epoch, cursor, countHint) {
    const [seconds] = (await redis.command('TIME')) as [string, string]
    const page = await redis.command('HSCAN', winnersKey(id, epoch), cursor, 'COUNT', countHint)
    const [next, flat] = page as [string, string[]]
    const [grants, unreadable]: [Grant[], string[]] = [[], []]
    for (let at = 0; at < flat.length; at += 2) {
      const grant = winnerOf(id, epoch, flat[at] ?? '', flat[at + 1])
      // safeguard: an unreadable winner hides no other
      if (grant === undefined) unreadable.push(flat[at] ?? '')
      else grants.push(grant)
    }
    return { grants, unreadable, cursor: next, nowMs: Number(seconds) * 1_000 }
  },

  async apply(campaign) {
    const reply = parseReply(
      'apply',
      await redis.run(applyScript, [gateKey(campaign.id)], packSettings(campaign)),
    )
    if (reply.code === 'OK') return { kind: 'applied' }
    if (reply.code === 'OLDER') return { kind: 'older', version: reply.number(1) }
    if (reply.code === 'FROZEN') return { kind: 'frozen', part: reply.text(1) }
    return reply.code === 'REARMING' ? { kind: 'recovering' } : parseLost('apply', reply)
  },

  async settings(id) {
    const fields = await redis.command('HMGET', gateKey(id), ...settingsFields)
    return parseSettings(Array.isArray(fields) ? fields : [])
  },

  async retire({ id, epoch, version }) {
    const keys = [...gateKeys(id, epoch), ...listKeys, unrecordedKey]
    const reply = parseReply('retire', await redis.run(retireScript, keys, [id, epoch, version]))
    if (reply.code === 'OK') return { kind: 'retired' }
    const lost = parseLost('retire', reply)
    return refusedByGate.has(reply.code) ? { kind: 'refused', what: lost.what } : lost
  },
})
