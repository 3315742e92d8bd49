import type { SqlReader } from '../../platform/mysql/connection.ts'
import type { Grant } from '../grant.ts'
import { idBytes, idText } from './tables.ts'

const ranksInOneReadMax = 5_000

/**
 * Every row of a campaign by rank, lowest first, in chunks by windows of ranks; a rank that is there twice is read twice. One moment when
 * `source` is a snapshot. Rejects as `source` does.
 * Not "above this rank, the first 5,000": for that MariaDB 10.11 goes through the campaign from its beginning each time, or sorts it
 * (a million rows in 190 to 285 s; by windows 3 to 5 s).
 */
export const readGrantsByRank = async function* (
  source: SqlReader,
  campaignId: string,
): AsyncGenerator<Grant[]> {
  const id = idBytes(campaignId)
  const nextRank = async (atLeast: number): Promise<number | undefined> => {
    const [row] = await source.read(
      'SELECT MIN(`rank`) AS next_rank FROM coupons WHERE campaign_id = ? AND `rank` >= ?',
      [id, atLeast],
    )
    return row?.['next_rank'] == null ? undefined : Number(row['next_rank'])
  }
  for (let from = await nextRank(0); from !== undefined; ) {
    const to: number = from + ranksInOneReadMax - 1
    const read = await source.read(
      `SELECT coupon_id, user_id, slot, \`rank\`, epoch, granted_at_ms FROM coupons
       WHERE campaign_id = ? AND \`rank\` BETWEEN ? AND ? ORDER BY \`rank\``,
      [id, from, to],
    )
    yield read.map((row) => ({
      couponId: idText(row['coupon_id'] as Buffer),
      campaignId,
      userId: String(row['user_id']),
      slot: Number(row['slot']),
      rank: Number(row['rank']),
      epoch: Number(row['epoch']),
      grantedAtMs: Number(row['granted_at_ms']),
    }))
    from = await nextRank(to + 1)
  }
}
