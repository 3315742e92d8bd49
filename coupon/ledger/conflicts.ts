import type { Connection } from '../../platform/mysql/connection.ts'
import type { Grant } from '../grant.ts'
import { idBytes } from './ids.ts'
import type { LoggedGrant } from './log-slice.ts'
import type { RejectedGrant } from './rejected-grant.ts'
import { readGrants } from './rows.ts'

/** A locking read: it sees what another worker has just committed. */
const readStored = (
  connection: Connection,
  condition: string,
  values: readonly unknown[],
): Promise<Grant[]> => readGrants(connection, `coupons WHERE ${condition} LOCK IN SHARE MODE`, values)

/** The rows of one campaign that have the ranks or the users of these grants. */
const readRivals = async (
  connection: Connection,
  campaignId: string,
  grants: readonly LoggedGrant[],
): Promise<Grant[]> => {
  const id = idBytes(campaignId)
  const ranks = grants.map(({ grant }) => grant.rank)
  const users = grants.map(({ grant }) => grant.userId)
  return [
    ...(await readStored(connection, 'campaign_id = ? AND `rank` IN (?)', [id, ranks])),
    ...(await readStored(connection, 'campaign_id = ? AND user_id IN (?)', [id, users])),
  ]
}

const isSame = (stored: Grant, grant: Grant): boolean =>
  stored.campaignId === grant.campaignId &&
  stored.userId === grant.userId &&
  stored.slot === grant.slot &&
  stored.rank === grant.rank

/** The conflict of a grant without a row with the row of another coupon, if there is one. */
const conflictOf = (at: LoggedGrant, rivals: readonly Grant[]): RejectedGrant | undefined => {
  const { rank, slot, userId } = at.grant
  const onRank = rivals.find((rival) => rival.rank === rank)
  if (onRank !== undefined)
    return { ...at, reason: 'rank-taken', message: `rank ${rank} has coupon ${onRank.couponId}` }
  const inSlot = rivals.find((rival) => rival.userId === userId && rival.slot === slot)
  if (inSlot !== undefined)
    return { ...at, reason: 'slot-taken', message: `slot ${slot} of the user has coupon ${inSlot.couponId}` }
  return undefined
}

/**
 * Compares grants with the stored rows. `free` have no row, and no other coupon has their place. Those in
 * neither list are stored with the same facts: a redelivery, wherever its record lies.
 */
export const compareWithRows = async (
  connection: Connection,
  sent: readonly LoggedGrant[],
): Promise<{ rejected: RejectedGrant[]; free: LoggedGrant[] }> => {
  const couponIds = sent.map(({ grant }) => idBytes(grant.couponId))
  const stored = await readStored(connection, 'coupon_id IN (?)', [couponIds])
  const byCoupon = new Map(stored.map((grant) => [grant.couponId, grant]))
  const [rejected, free, missing]: [RejectedGrant[], LoggedGrant[], LoggedGrant[]] = [[], [], []]
  for (const at of sent) {
    const row = byCoupon.get(at.grant.couponId)
    if (row === undefined) missing.push(at)
    // safeguard: a redelivered record is accepted
    else if (!isSame(row, at.grant))
      rejected.push({
        ...at,
        reason: 'coupon-differs',
        message: `coupon ${row.couponId} is stored with other facts`,
      })
  }
  for (const [campaignId, ofCampaign] of Map.groupBy(missing, ({ grant }) => grant.campaignId)) {
    const rivals = await readRivals(connection, campaignId, ofCampaign)
    for (const at of ofCampaign) {
      const conflict = conflictOf(at, rivals)
      if (conflict === undefined) free.push(at)
      else rejected.push(conflict)
    }
  }
  return { rejected, free }
}

/** Finds, after fewer rows were inserted than sent, the grants that differ from the stored rows. */
export const findConflicts = async (
  connection: Connection,
  sent: readonly LoggedGrant[],
): Promise<RejectedGrant[]> => {
  const { rejected, free } = await compareWithRows(connection, sent)
  const [first] = free
  if (first !== undefined)
    throw new Error(`coupon ${first.grant.couponId} was not inserted, and no row conflicts with it`)
  return rejected
}
