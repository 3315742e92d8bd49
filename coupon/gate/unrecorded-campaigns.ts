import type { RedisClient } from '../../platform/redis.ts'
import { idPattern } from '../grant.ts'
import { gateKey, unrecordedKey } from './keys.ts'
import { type Lost, parseLost, parseReply, wholeNumber } from './reply.ts'
import { claimNotesScript, completeNotesScript, removeNotesScript, unrecordedScript } from './scripts.ts'

/** Positions of the log by partition. */
type Positions = ReadonlyMap<number, number>

/** The campaigns that may have granted what the ledger does not have yet. */
export type UnrecordedLook = {
  /** False when this server lost notes: other campaigns may have such grants too. */
  isComplete: boolean
  /** Of this server; empty when it is not a master. */
  fence: string
  /** Campaign id -> its note, which each grant changes. */
  notes: ReadonlyMap<string, string>
  /** How far the ledger was when a note was last taken out. A ledger below it has lost rows. */
  recorded: Positions
}

/** The notes of a server, which decide.lua writes. Rejects `unavailable`: it may have been carried out. */
export type UnrecordedCampaigns = {
  look(): Promise<UnrecordedLook>
  /** Whether a campaign has grants that are not confirmed. True for a gate that is missing. */
  hasPending(campaignId: string): Promise<boolean>
  /**
   * Takes out these notes, unless the campaigns granted since. The ledger has reached `positions`, which were
   * marked after the notes were read.
   */
  remove(notes: ReadonlyMap<string, string>, positions: Positions): Promise<void>
  /** Begins to complete the notes. Returns the fence, `undefined` when this server is not a master. */
  claim(claim: string): Promise<string | undefined>
  /** From now on the notes are complete. The ledger has reached `positions`, marked since `claim`. */
  complete(claim: string, fence: string, positions: Positions): Promise<{ kind: 'complete' } | Lost>
  /** The notes are no longer complete: gates are moved away from this server. */
  abandon(): Promise<void>
}

const recordedField = 'recorded:'

const flatten = (pairs: Iterable<readonly [string | number, string | number]>): (string | number)[] =>
  [...pairs].flat()

export const createUnrecordedCampaigns = (redis: RedisClient): UnrecordedCampaigns => ({
  async look() {
    const reply = parseReply('unrecorded', await redis.run(unrecordedScript, [unrecordedKey], []))
    const flat = reply.list(2)
    const notes = new Map<string, string>()
    const recorded = new Map<number, number>()
    for (let at = 0; at < flat.length; at += 2) {
      const [field, value] = [String(flat[at]), flat[at + 1]]
      if (idPattern.test(field)) notes.set(field, String(value))
      else if (field.startsWith(recordedField))
        recorded.set(Number(field.slice(recordedField.length)), wholeNumber('unrecorded', value))
    }
    return { isComplete: reply.code === 'OK', fence: reply.text(1), notes, recorded }
  },
  hasPending: async (id) => (await redis.command('HGET', gateKey(id), 'grantsPending')) !== '0',
  async remove(notes, positions) {
    const args = [positions.size, ...flatten(positions), ...flatten(notes)]
    await redis.run(removeNotesScript, [unrecordedKey], args)
  },
  async claim(claim) {
    const reply = parseReply('claim-notes', await redis.run(claimNotesScript, [unrecordedKey], [claim]))
    return reply.code === 'OK' ? reply.text(1) : undefined
  },
  async complete(claim, fence, positions) {
    const args = [claim, fence, ...flatten(positions)]
    const reply = parseReply('complete-notes', await redis.run(completeNotesScript, [unrecordedKey], args))
    return reply.code === 'OK' ? { kind: 'complete' } : parseLost('complete-notes', reply)
  },
  async abandon() {
    await redis.command('HDEL', unrecordedKey, 'marker', 'claim')
  },
})
