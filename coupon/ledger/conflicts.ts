import type { Connection } from '../../platform/mysql/connection.ts'
import type { Grant } from '../grant.ts'
import { marks } from './sql.ts'
import type { RejectedGrant, LoggedGrant } from './log-slice.ts'
import { idBytes, idText } from './tables.ts'

type Stored = { couponId: string; campaignId: string; userId: string; slot: number; rank: number }

const columns = 'coupon_id, campaign_id, user_id, slot, `rank`'

/** Locking reads: what another worker committed a moment ago counts. */
const readStored = async (
  connection: Connection,
  where: string,
  values: readonly unknown[],
): Promise<Stored[]> => {
  const rows = await connection.read(
    `SELECT ${columns} FROM coupons WHERE ${where} LOCK IN SHARE MODE`,
    values,
  )
  return rows.map((row) => ({
    couponId: idText(row['coupon_id'] as Buffer),
    campaignId: idText(row['campaign_id'] as Buffer),
    userId: String(row['user_id']),
    slot: Number(row['slot']),
    rank: Number(row['rank']),
  }))
}

/** The rows of one campaign that stand on the ranks or in the slots of these grants. */
const readRivals = async (
  connection: Connection,
  campaignId: string,
  grants: readonly Grant[],
): Promise<Stored[]> => {
  const id = idBytes(campaignId)
  const ranks = grants.map(({ rank }) => rank)
  const users = grants.map(({ userId }) => userId)
  return [
    ...(await readStored(connection, `campaign_id = ? AND \`rank\` IN (${marks(ranks.length)})`, [
      id,
      ...ranks,
    ])),
    ...(await readStored(connection, `campaign_id = ? AND user_id IN (${marks(users.length)})`, [
      id,
      ...users,
    ])),
  ]
}

const isSame = (row: Stored, grant: Grant): boolean =>
  row.campaignId === grant.campaignId &&
  row.userId === grant.userId &&
  row.slot === grant.slot &&
  row.rank === grant.rank

const rivalry = (at: LoggedGrant, rivals: readonly Stored[]): RejectedGrant | undefined => {
  const { grant } = at
  const onRank = rivals.find(({ rank }) => rank === grant.rank)
  if (onRank !== undefined)
    return { ...at, reason: 'rank-taken', message: `rank ${grant.rank} is coupon ${onRank.couponId}` }
  const inSlot = rivals.find(({ userId, slot }) => userId === grant.userId && slot === grant.slot)
  return inSlot === undefined
    ? undefined
    : { ...at, reason: 'slot-taken', message: `the user's slot ${grant.slot} is coupon ${inSlot.couponId}` }
}

/**
 * After fewer rows went in than were sent: which of the grants are not the rows that are there.
 * The same coupon id with the same facts is a redelivery and fine, wherever its record lies.
 */
export const findConflicts = async (connection: Connection, sent: readonly LoggedGrant[]): Promise<RejectedGrant[]> => {
  const stored = await readStored(
    connection,
    `coupon_id IN (${marks(sent.length)})`,
    sent.map(({ grant }) => idBytes(grant.couponId)),
  )
  const byCoupon = new Map(stored.map((row) => [row.couponId, row]))
  const broken: RejectedGrant[] = []
  const missing: LoggedGrant[] = []
  for (const at of sent) {
    const row = byCoupon.get(at.grant.couponId)
    if (row === undefined) missing.push(at)
    // safeguard: a redelivered record is accepted
    else if (!isSame(row, at.grant))
      broken.push({
        ...at,
        reason: 'coupon-differs',
        message: `coupon ${row.couponId} is stored with other facts`,
      })
  }
  for (const [campaignId, ofCampaign] of Map.groupBy(missing, ({ grant }) => grant.campaignId)) {
    const rivals = await readRivals(
      connection,
      campaignId,
      ofCampaign.map(({ grant }) => grant),
    )
    for (const at of ofCampaign) {
      const conflict = rivalry(at, rivals)
      if (conflict === undefined)
        throw new Error(`coupon ${at.grant.couponId} went in nowhere and stands nowhere`)
      broken.push(conflict)
    }
  }
  return broken
}
