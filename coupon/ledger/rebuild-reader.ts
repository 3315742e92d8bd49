import type { Database } from '../../platform/mysql/database.ts'
import type { Grant } from '../grant.ts'
import { readGrantsByRank } from './grants-by-rank.ts'

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

export const createRebuildReader = (database: Database): RebuildReader => ({
  read: (campaignId, cut, onChunk) =>
    database.transaction(
      async (connection) => {
        const stored = await connection.read('SELECT partition_id, next_offset FROM ledger_positions')
        const positions = new Map(
          stored.map((row) => [Number(row['partition_id']), Number(row['next_offset'])]),
        )
        // safeguard: the position check of the rebuild
        for (const [partition, end] of cut)
          if ((positions.get(partition) ?? 0) < end) return { commit: false, result: false }
        // safeguard: one snapshot for the rebuild
        for await (const grants of readGrantsByRank(connection, campaignId)) await onChunk(grants)
        return { commit: false, result: true }
      },
      { snapshot: true },
    ),
})
