import { z } from 'zod'
import type { RedisClient } from '../../platform/redis.ts'
import { type Campaign, decodeDocument } from '../campaign.ts'
import { campaignsChannel, gateKey } from './keys.ts'
import { type Lost, parseLost, parseReply, type Reply } from './reply.ts'
import { haltScript, liftScript } from './scripts.ts'

/**
 * The mark of a gate that was halted without the ledger. `id` names the change in the ledger. `atMs` is the
 * gate's time.
 */
export type Halt = { id: string; atMs: number; by: string; from: string; reason: string }

/** `campaign`: the settings that the gate has. `closed`: it grants nothing, and was not marked. */
export type HaltResult = { kind: 'halted' | 'version' | 'closed'; campaign: Campaign } | Lost

/** Halts a gate without the ledger. Rejects `unavailable`: it may have been carried out. */
export type HaltGate = {
  /** From the answer on nobody is granted a coupon. An earlier mark is kept as it is. */
  halt(campaignId: string, halt: Omit<Halt, 'atMs'> & { ifVersion: number | undefined }): Promise<HaltResult>
  /** The mark of a gate; `undefined` when it has none. */
  halted(campaignId: string): Promise<Halt | undefined>
  /** Removes this mark once the gate has this version or a higher one. `false`: the mark stays. */
  lift(campaignId: string, haltId: string, version: number): Promise<boolean>
}

const originShape = z.object({ by: z.string(), from: z.string(), reason: z.string() })

/** Reads a mark. `undefined` for none, and for a text that is none: such a gate stays halted. */
export const parseHalt = (mark: unknown): Halt | undefined => {
  const [, id, atMs, json = ''] =
    /^(\S{36}) (\d{1,15}) (.*)$/s.exec(typeof mark === 'string' ? mark : '') ?? []
  if (id === undefined) return undefined
  try {
    return { id, atMs: Number(atMs), ...originShape.parse(JSON.parse(json)) }
  } catch {
    return undefined
  }
}

const campaignOf = (id: string, reply: Reply): Campaign => {
  const state = reply.text(4)
  return {
    id,
    ...decodeDocument(reply.text(6)),
    epoch: reply.number(2),
    version: reply.number(3),
    state: state === 'paused' || state === 'closed' ? state : 'open',
    stock: reply.number(5),
  }
}

const kinds = { OK: 'halted', VERSION: 'version', CLOSED: 'closed' } as const

export const createHaltGate = (redis: RedisClient): HaltGate => {
  /** Every process reads the gate again. One that misses it does so within a second. */
  const hint = async (campaignId: string): Promise<void> => {
    await redis.command('PUBLISH', campaignsChannel, campaignId).catch(() => undefined)
  }
  return {
    async halt(campaignId, { id, ifVersion, by, from, reason }) {
      const args = [id, ifVersion ?? '', JSON.stringify({ by, from, reason })]
      const reply = parseReply('halt', await redis.run(haltScript, [gateKey(campaignId)], args))
      const kind = kinds[reply.code as keyof typeof kinds]
      if (kind === undefined) return parseLost('halt', reply)
      if (kind === 'halted') await hint(campaignId)
      return { kind, campaign: campaignOf(campaignId, reply) }
    },

    halted: async (campaignId) => parseHalt(await redis.command('HGET', gateKey(campaignId), 'halted')),

    async lift(campaignId, haltId, version) {
      const args = [haltId, version]
      const reply = parseReply('lift', await redis.run(liftScript, [gateKey(campaignId)], args))
      if (reply.code !== 'OK') return false
      await hint(campaignId)
      return true
    },
  }
}
