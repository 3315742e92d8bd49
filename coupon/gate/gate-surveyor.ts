import type { RedisClient } from '../../platform/redis.ts'
import type { Grant } from '../grant.ts'
import { freeKey, gateKey, gateKeys, gateLayout, outboxKey, winnersKey } from './keys.ts'
import { parsePackedGrant } from './packed-grant.ts'
import { parseRefusal, parseReply, wholeNumber } from './reply.ts'
import { surveyScript } from './scripts.ts'

/** The counters of a gate and the lengths of its keys, at one moment of its own clock. */
export type GateSurvey = {
  epoch: number
  nowMs: number
  granted: number
  nextRank: number
  entriesAppended: number
  entriesDeleted: number
  grantsPending: number
  /** Lengths of the keys. */
  winners: number
  entries: number
  freeRanks: number
  /** It was halted, and the ledger has not recorded it yet. */
  isHalted: boolean
}

/** `missing`: no gate exists. `recovering`: the gate is not in order, or is being armed. */
export type SurveyResult =
  | ({ kind: 'armed' } & GateSurvey)
  | { kind: 'missing' }
  | { kind: 'recovering'; reason: string }

/** An outbox entry: grants `number` to `number + count - 1`, granted at `grantedAtMs` of the gate's clock. */
export type PendingEntry = { number: number; count: number; grantedAtMs: number }

/** A winner in the gate. `number` is the number of the grant; 0 after a rebuild. */
export type GateWinner = Omit<Grant, 'epoch' | 'grantedAtMs'> & { number: number }

/** Reads a gate for the audit. It never writes, and each call takes a bounded amount of Redis time. */
export type GateSurveyor = {
  survey(campaignId: string): Promise<SurveyResult>
  /**
   * All winners present during the whole scan, and possibly some added meanwhile. A winner may come twice.
   */
  winners(campaignId: string, epoch: number): AsyncGenerator<GateWinner[]>
  /** Entries in order of their number. Entries confirmed during the scan may be missing. */
  outbox(campaignId: string, epoch: number): AsyncGenerator<PendingEntry[]>
  hasEntry(campaignId: string, epoch: number, number: number): Promise<boolean>
  /** Free ranks present during the whole scan, and possibly some taken meanwhile. */
  freeRanks(campaignId: string, epoch: number): AsyncGenerator<number[]>
}

/** About 3 ms of Redis time per call. */
const winnersInOneReadMax = 2_000
const entriesInOneReadMax = 100
const freeRanksInOneReadMax = 5_000

const listOf = (reply: unknown): unknown[] => (Array.isArray(reply) ? reply : [])

const winnerOf = (campaignId: string, field: unknown, packed: unknown): GateWinner => {
  const name = String(field)
  const colon = name.indexOf(':')
  const { couponId, rank, number } = parsePackedGrant('winners', packed)
  const slot = wholeNumber('winners', name.slice(0, colon))
  return { couponId, campaignId, userId: name.slice(colon + 1), slot, rank, number }
}

const entryOf = (entry: unknown): PendingEntry => {
  const [entryId, fields] = listOf(entry)
  const [, count, , grantedAtMs] = listOf(fields)
  return {
    number: wholeNumber('outbox', String(entryId).split('-')[1]),
    count: wholeNumber('outbox', count),
    grantedAtMs: wholeNumber('outbox', grantedAtMs),
  }
}

export const createGateSurveyor = (redis: RedisClient): GateSurveyor => ({
  async survey(campaignId) {
    const [epochText, state] = listOf(await redis.command('HMGET', gateKey(campaignId), 'epoch', 'state'))
    if (epochText === null && state === null) return { kind: 'missing' }
    const epoch = Number(epochText ?? 0)
    const raw = await redis.run(surveyScript, gateKeys(campaignId, epoch), [gateLayout, epoch])
    const reply = parseReply('survey', raw)
    if (reply.code !== 'OK') {
      const refusal = parseRefusal('survey', reply)
      const reason = refusal.kind === 'epoch' ? `armed again, at epoch ${refusal.epoch}` : refusal.reason
      return { kind: 'recovering', reason }
    }
    return {
      kind: 'armed',
      epoch,
      nowMs: reply.number(1),
      granted: reply.number(2),
      nextRank: reply.number(3),
      entriesAppended: reply.number(4),
      entriesDeleted: reply.number(5),
      grantsPending: reply.number(6),
      winners: reply.number(7),
      entries: reply.number(8),
      freeRanks: reply.number(9),
      isHalted: reply.number(10) === 1,
    }
  },

  async *winners(campaignId, epoch) {
    let cursor = '0'
    do {
      const scanned = await redis.command(
        'HSCAN',
        winnersKey(campaignId, epoch),
        cursor,
        'COUNT',
        winnersInOneReadMax,
      )
      const [next, flat] = listOf(scanned)
      const fields = listOf(flat)
      const found: GateWinner[] = []
      for (let at = 0; at < fields.length; at += 2)
        found.push(winnerOf(campaignId, fields[at], fields[at + 1]))
      yield found
      cursor = String(next)
    } while (cursor !== '0')
  },

  async *outbox(campaignId, epoch) {
    let from = '-'
    for (;;) {
      const key = outboxKey(campaignId, epoch)
      const entries = listOf(await redis.command('XRANGE', key, from, '+', 'COUNT', entriesInOneReadMax)).map(
        entryOf,
      )
      yield entries
      const last = entries.at(-1)
      if (last === undefined || entries.length < entriesInOneReadMax) return
      from = `(${epoch}-${last.number}`
    }
  },

  async hasEntry(campaignId, epoch, number) {
    const id = `${epoch}-${number}`
    return listOf(await redis.command('XRANGE', outboxKey(campaignId, epoch), id, id)).length > 0
  },

  async *freeRanks(campaignId, epoch) {
    // Ranks are taken from the front, so indexes counted from the end stay valid.
    for (let end = -1; ; end -= freeRanksInOneReadMax) {
      const from = end - freeRanksInOneReadMax + 1
      const ranks = listOf(await redis.command('LRANGE', freeKey(campaignId, epoch), from, end))
      yield ranks.map((rank) => wholeNumber('free', rank))
      if (ranks.length < freeRanksInOneReadMax) return
    }
  },
})
