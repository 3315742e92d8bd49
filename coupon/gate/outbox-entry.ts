import { Failure } from '../../platform/failure.ts'
import type { Grant } from '../grant.ts'
import { wholeNumber } from './reply.ts'

/** The new grants of one gate call. `number` is the number of the first grant and names the entry. */
export type OutboxEntry = { campaignId: string; epoch: number; number: number; grants: Grant[] }

/**
 * Parses an entry as decide.lua writes it: one line `couponId,slot,rank,userId` per grant. Throws `defect`.
 */
export const parseOutboxEntry = (
  campaignId: string,
  epoch: number,
  entry: { number: unknown; grantedAtMs: unknown; grants: unknown },
): OutboxEntry => {
  if (typeof entry.grants !== 'string') throw new Failure('defect', 'an outbox entry has no grants')
  const grantedAtMs = wholeNumber('outbox', entry.grantedAtMs)
  const grants = entry.grants.split('\n').map((line) => {
    const [couponId = '', slot, rank, userId = ''] = line.split(',')
    return {
      couponId,
      campaignId,
      userId,
      slot: wholeNumber('outbox', slot),
      rank: wholeNumber('outbox', rank),
      epoch,
      grantedAtMs,
    }
  })
  return { campaignId, epoch, number: wholeNumber('outbox', entry.number), grants }
}
