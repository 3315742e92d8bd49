import { isOutOfMemory, type RedisClient } from '../../platform/redis.ts'
import { type CampaignDocument, decodeDocument, type OperatorState } from '../campaign.ts'
import type { Grant } from '../grant.ts'
import { type Decision, type Decisions, type GrantRequest, parseDecisions } from './decision.ts'
import { gateKeys, gateLayout, unrecordedKey } from './keys.ts'
import type { OutboxEntry } from './outbox-entry.ts'
import { grantOf, type Holder, parsePackedGrant } from './packed-grant.ts'
import { parseRefusal, parseReply, type Refusal, type Reply } from './reply.ts'
import { confirmScript, decideScript, lookScript, viewScript } from './scripts.ts'

export type DecideResult = Refusal | ({ kind: 'decided' } & Decisions)

/** The public facts of a gate. With `armed` false they must not be used: the gate is being armed again. */
export type GateView = {
  armed: boolean
  nowMs: number
  epoch: number
  /** `paused` too when it is halted. */
  state: OperatorState
  /** Halted without the ledger, which has not recorded it yet. */
  isHalted: boolean
  stock: number
  granted: number
  /** When the newest grant was made; 0 when none was, or the gate is from before this was kept. */
  lastGrantAtMs: number
  version: number
  document: CampaignDocument
  /** How far its arming is, as text; empty when it is armed. */
  progress: string
}

/** A gate without all its facts: it is missing, or is being armed after a loss. */
export type PartialGateView = { armed: false; epoch: undefined; progress: string }

/** `found` is in the order of the holders; `undefined` for one without a coupon. */
export type LookResult =
  | Refusal
  | { kind: 'looked'; nowMs: number; found: ({ grant: Grant; confirmed: boolean } | undefined)[] }

/** The decider. Every method is one command. Rejects `unavailable`: the command may have been carried out. */
export type Gate = {
  /**
   * Decides a batch. When it resolves, every new grant is in the outbox. On a full Redis a second command
   * looks who has won before; all others get `full`.
   */
  decide(campaignId: string, epoch: number, requests: readonly GrantRequest[]): Promise<DecideResult>
  /** Deletes entries that the log has acknowledged from the outbox. Only `confirmed` makes a 201. */
  confirm(
    campaignId: string,
    epoch: number,
    entries: readonly OutboxEntry[],
  ): Promise<Refusal | { kind: 'confirmed' }>
  /** Reads what users hold; changes nothing. */
  look(campaignId: string, epoch: number, holders: readonly Holder[]): Promise<LookResult>
  /**
   * Reads the gate's public facts and its epoch. `epochKnown` is the last epoch seen, which names its keys;
   * when the gate has another epoch, a second call follows.
   */
  view(campaignId: string, epochKnown?: number): Promise<GateView | PartialGateView>
}

/** The decisions of a Redis that is too full to grant: winners are answered, and nobody else. */
const decisionsWhenFull = async (
  look: Gate['look'],
  [campaignId, epoch, requests]: Parameters<Gate['decide']>,
): Promise<DecideResult> => {
  const looked = await look(campaignId, epoch, requests)
  if (looked.kind !== 'looked') return looked
  const decisions = looked.found.map((held): Decision => (held ? { kind: 'won', ...held } : { kind: 'full' }))
  return { kind: 'decided', nowMs: looked.nowMs, decisions, entry: undefined }
}

export const createGate = (redis: RedisClient, options: { outboxGrantsMax: number }): Gate => {
  const gate: Gate = {
    async decide(campaignId, epoch, requests) {
      let lines = ''
      for (const { userId, slot, couponId } of requests) lines += `${slot} ${userId} ${couponId}\n`
      const args = [gateLayout, epoch, options.outboxGrantsMax, lines]
      let raw: unknown
      try {
        raw = await redis.run(decideScript, [...gateKeys(campaignId, epoch), unrecordedKey], args)
      } catch (cause) {
        // safeguard: winners are answered by a full Redis
        if (isOutOfMemory(cause)) return decisionsWhenFull(gate.look, [campaignId, epoch, requests])
        throw cause
      }
      const reply = parseReply('decide', raw)
      if (reply.code !== 'OK') return parseRefusal('decide', reply)
      return { kind: 'decided', ...parseDecisions(reply, campaignId, epoch, requests) }
    },

    async confirm(campaignId, epoch, entries) {
      const args: (string | number)[] = [gateLayout, epoch]
      for (const { number, grants } of entries) args.push(number, grants.length)
      const reply = parseReply('confirm', await redis.run(confirmScript, gateKeys(campaignId, epoch), args))
      return reply.code === 'OK' ? { kind: 'confirmed' } : parseRefusal('confirm', reply)
    },

    // safeguard: no compensation / no method takes a grant back
    async look(campaignId, epoch, holders) {
      const fields = holders.map(({ userId, slot }) => `${slot}:${userId}`)
      const reply = parseReply(
        'look',
        await redis.run(lookScript, gateKeys(campaignId, epoch), [gateLayout, epoch, ...fields]),
      )
      if (reply.code !== 'OK') return parseRefusal('look', reply)
      const found = new Array<{ grant: Grant; confirmed: boolean } | undefined>(holders.length).fill(
        undefined,
      )
      for (const { index, kind, value } of reply.triples(2)) {
        const holder = holders[index]
        if (holder === undefined) continue
        const grant = grantOf(campaignId, epoch, holder, parsePackedGrant('look', value))
        found[index] = { grant, confirmed: kind === 'WON' }
      }
      return { kind: 'looked', nowMs: reply.number(1), found }
    },

    async view(campaignId, epochKnown = 1) {
      const readAs = async (epoch: number): Promise<Reply> =>
        parseReply('view', await redis.run(viewScript, gateKeys(campaignId, epoch), [gateLayout, epoch]))
      let reply = await readAs(epochKnown)
      if (reply.code === 'EPOCH') reply = await readAs(reply.number(2))
      const progress = reply.text(8)
      if (reply.rest(2).slice(0, 6).includes('')) return { armed: false, epoch: undefined, progress }
      const state = reply.text(3)
      return {
        armed: reply.code === 'OK',
        nowMs: reply.number(1),
        epoch: reply.number(2),
        // While it is being armed the state is `rearming`; nothing reads the state of a gate that is not
        // armed.
        state: state === 'paused' || state === 'closed' ? state : 'open',
        isHalted: reply.text(9) !== '',
        stock: reply.number(4),
        granted: reply.number(5),
        lastGrantAtMs: reply.text(10) === '' ? 0 : reply.number(10),
        version: reply.number(6),
        document: decodeDocument(reply.text(7)),
        progress,
      }
    },
  }
  return gate
}
