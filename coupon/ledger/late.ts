import type { Connection } from '../../platform/mysql/connection.ts'
import { readCuts } from './cuts.ts'
import type { LoggedGrant, LogSlice } from './log-slice.ts'
import { isBelow, readPositions } from './positions.ts'
import { readStoredIds } from './rows.ts'

/** Grants at or above `undecidedFrom` cannot be judged yet: none of them may be stored or dropped. */
export type Lateness = { late: ReadonlySet<LoggedGrant>; undecidedFrom: number | undefined }

const noneLate: Lateness = { late: new Set(), undecidedFrom: undefined }

/**
 * Finds the grants that are late: of an ended epoch, at or beyond its cut, and without a row. Their units may
 * belong to other users by now. A grant is late only when every partition's position has reached the cut.
 * Below it, a duplicate of the grant may still wait to be stored, as in a replay into an emptied ledger.
 * In a partition that the cut does not name nothing is late: where the epoch ended there is unknown.
 * `campaigns` has the epochs by campaign id.
 */
export const findLate = async (
  connection: Connection,
  { partition, startOffset, grants }: LogSlice,
  campaigns: ReadonlyMap<string, { epoch: number }>,
): Promise<Lateness> => {
  const ended = grants.filter(({ grant }) => grant.epoch < (campaigns.get(grant.campaignId)?.epoch ?? 0))
  if (ended.length === 0) return noneLate
  const campaignIds = [...new Set(ended.map(({ grant }) => grant.campaignId))]
  // safeguard: the late check begins with a locking read / cuts
  const cuts = await readCuts(connection, campaignIds, 'LOCK IN SHARE MODE')
  const cutOf = ({ grant }: LoggedGrant) =>
    cuts.get(grant.campaignId)?.get(grant.epoch) ?? new Map<number, number>()
  // safeguard: nothing is late where the cut names no end
  const beyond = ended.filter((at) => at.offset >= (cutOf(at).get(partition) ?? Number.POSITIVE_INFINITY))
  if (beyond.length === 0) return noneLate

  // Positions before rows: what is stored between the two reads is found as a row.
  const positions = await readPositions(connection, 'LOCK IN SHARE MODE')
  // A cut inside the slice is reached once the records before it are stored.
  positions.set(partition, startOffset)
  const couponIds = beyond.map(({ grant }) => grant.couponId)
  const stored = await readStoredIds(connection, couponIds, 'LOCK IN SHARE MODE')
  // safeguard: a late grant with a row is a redelivery
  const late = beyond.filter(({ grant }) => !stored.has(grant.couponId))
  const undecided = late.find((at) => isBelow(positions, cutOf(at)))
  // safeguard: late only when every partition has reached the cut
  return { late: new Set(late), undecidedFrom: undecided?.offset }
}
