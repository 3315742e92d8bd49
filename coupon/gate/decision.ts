import { Failure } from '../../platform/failure.ts'
import type { Grant } from '../grant.ts'
import type { OutboxEntry } from './outbox-entry.ts'
import { grantOf, parsePackedGrant } from './packed-grant.ts'
import { type Reply, wholeNumber } from './reply.ts'

/** One user's request for a coupon. `couponId` becomes the id of the coupon if it is granted. */
export type GrantRequest = { userId: string; slot: number; couponId: string }

/**
 * The gate's answer to one request. `same`: the answer is that of the earlier request at `index`, by the same
 * user and slot.
 */
export type Decision =
  | { kind: 'granted'; grant: Grant }
  | { kind: 'won'; grant: Grant; confirmed: boolean }
  | { kind: 'same'; index: number }
  | { kind: 'over-limit'; limit: number }
  /** `full`: Redis has no memory for a new grant. */
  | { kind: 'paused' | 'closed' | 'not-open' | 'backlog' | 'held' | 'sold-out' | 'full' }

/** The decisions of one call, in the order of its requests, and the outbox entry of its new grants. */
export type Decisions = { nowMs: number; decisions: Decision[]; entry: OutboxEntry | undefined }

const decisionByReason: Record<string, Decision> = {
  PAUSED: { kind: 'paused' },
  CLOSED: { kind: 'closed' },
  NOT_OPEN: { kind: 'not-open' },
  BACKLOG: { kind: 'backlog' },
  HELD: { kind: 'held' },
  SOLD_OUT: { kind: 'sold-out' },
}

/** Parses an OK of decide.lua. Throws `defect`. */
export const parseDecisions = (
  reply: Reply,
  campaignId: string,
  epoch: number,
  requests: readonly GrantRequest[],
): Decisions => {
  const exceptions = new Array<Decision | undefined>(requests.length)
  for (const { index, kind, value } of reply.triples(7)) {
    const request = requests[index]
    if (request === undefined) throw new Failure('defect', 'decide named a request that was not sent')
    if (kind === 'SAME') exceptions[index] = { kind: 'same', index: wholeNumber('decide', value) - 1 }
    else if (kind === 'OVER_LIMIT')
      exceptions[index] = { kind: 'over-limit', limit: wholeNumber('decide', value) }
    else {
      const grant = grantOf(campaignId, epoch, request, parsePackedGrant('decide', value))
      exceptions[index] = { kind: 'won', grant, confirmed: kind === 'WON' }
    }
  }

  const nowMs = reply.number(1)
  const grantedCount = reply.number(3)
  const nextRank = reply.number(4)
  const refusal = decisionByReason[reply.text(5)]
  const freeRanks = reply.list(6)
  const grants: Grant[] = []
  const decisions: Decision[] = []
  for (const [index, { userId, slot, couponId }] of requests.entries()) {
    const exception = exceptions[index]
    if (exception !== undefined) decisions.push(exception)
    else if (grants.length < grantedCount) {
      const free = freeRanks[grants.length]
      const rank = free === undefined ? nextRank + grants.length - freeRanks.length : Number(free)
      const grant = { couponId, campaignId, userId, slot, rank, epoch, grantedAtMs: nowMs }
      grants.push(grant)
      decisions.push({ kind: 'granted', grant })
    } else if (refusal !== undefined) decisions.push(refusal)
    else throw new Failure('defect', `decide refused with an unknown reason: ${reply.text(5)}`)
  }
  const entry = grants.length === 0 ? undefined : { campaignId, epoch, number: reply.number(2), grants }
  return { nowMs, decisions, entry }
}
