import type { Database } from '../../platform/mysql.ts'
import type { Grant } from '../grant.ts'
import { idBytes, idText } from './tables.ts'

/** The rows of one campaign as of one moment. */
export type RebuildReader = {
  /**
   * Hands the grants of a campaign, lowest rank first, to `onChunk`, all from one snapshot that was begun after the cut.
   * `false` when the ledger is not at the cut in that snapshot: it went back in time, and arming starts over.
   */
  read(
    campaignId: string,
    cut: ReadonlyMap<number, number>,
    onChunk: (grants: readonly Grant[]) => Promise<void>,
  ): Promise<boolean>
}

const chunkSize = 5_000

export const createRebuildReader = (database: Database): RebuildReader => ({
  read: (campaignId, cut, onChunk) =>
    database.transaction(
      async (connection) => {
        const stored = await connection.rows('SELECT partition_id, next_offset FROM ledger_positions')
        const positions = new Map(
          stored.map((row) => [Number(row['partition_id']), Number(row['next_offset'])]),
        )
        for (const [partition, end] of cut)
          if ((positions.get(partition) ?? 0) < end) return { commit: false, result: false }
        let afterRank = 0
        for (;;) {
          const rows = await connection.rows(
            // Without the index by name MariaDB 10.11 reads the campaign from its start for every chunk (157 ms at rank 500,000; 6 with it).
            `SELECT coupon_id, user_id, slot, \`rank\`, epoch, granted_at_ms FROM coupons FORCE INDEX (coupons_rank)
             WHERE campaign_id = ? AND \`rank\` > ? ORDER BY \`rank\` LIMIT ${chunkSize}`,
            [idBytes(campaignId), afterRank],
          )
          if (rows.length === 0) return { commit: false, result: true }
          const grants = rows.map((row) => ({
            couponId: idText(row['coupon_id'] as Buffer),
            campaignId,
            userId: String(row['user_id']),
            slot: Number(row['slot']),
            rank: Number(row['rank']),
            epoch: Number(row['epoch']),
            grantedAtMs: Number(row['granted_at_ms']),
          }))
          afterRank = grants.at(-1)?.rank ?? afterRank
          await onChunk(grants)
        }
      },
      { snapshot: true },
    ),
})
