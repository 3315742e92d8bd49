import type { SqlReader } from '../../platform/mysql/connection.ts'
import { idBytes, idText } from './ids.ts'

/** When ranks were granted, at one index lookup for each. Rejects `unavailable`. */
export type GrantTimes = {
  /** The highest rank that has a row; `undefined` without any. */
  lastRank(campaignId: string): Promise<number | undefined>
  /** Epoch milliseconds by campaign and rank, in one statement. Ranks without a row are left out. */
  read(ranks: ReadonlyMap<string, readonly number[]>): Promise<Map<string, Map<number, number>>>
}

/**
 * Left to itself a database scans the table when the ranks are a fair part of it (a tenth in MariaDB 11.8).
 * Then the cost would grow with the winners of other campaigns.
 */
const ofRanks = `SELECT campaign_id, \`rank\`, granted_at_ms FROM coupons FORCE INDEX (coupons_rank)
  WHERE campaign_id = ? AND \`rank\` IN (?)`

export const createGrantTimes = (source: SqlReader): GrantTimes => ({
  async lastRank(campaignId) {
    const [row] = await source.read('SELECT MAX(`rank`) AS last_rank FROM coupons WHERE campaign_id = ?', [
      idBytes(campaignId),
    ])
    return row?.['last_rank'] == null ? undefined : Number(row['last_rank'])
  },
  async read(ranks) {
    const asked = [...ranks].filter(([, ofCampaign]) => ofCampaign.length > 0)
    if (asked.length === 0) return new Map()
    const rows = await source.read(
      asked.map(() => ofRanks).join(' UNION ALL '),
      asked.flatMap(([campaignId, ofCampaign]) => [idBytes(campaignId), ofCampaign]),
    )
    const byCampaign = Map.groupBy(rows, (row) => idText(row['campaign_id'] as Buffer))
    return new Map(
      [...byCampaign].map(([campaignId, found]) => [
        campaignId,
        new Map(found.map((row) => [Number(row['rank']), Number(row['granted_at_ms'])])),
      ]),
    )
  },
})
