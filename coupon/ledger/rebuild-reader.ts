import type { Database } from '../../platform/mysql/database.ts'
import type { Grant } from '../grant.ts'
import { readGrantsByRank } from './grants-by-rank.ts'
import { isBelow, readPositions } from './positions.ts'

/** The coupons of one campaign at one moment after its cut. */
export type RebuildReader = {
  /**
   * Passes the grants of a campaign to `onChunk`, lowest rank first, all from one snapshot that begins after
   * the cut. `false` when in that snapshot the ledger has not reached the cut: it went back in time, and
   * arming starts over.
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
        const positions = await readPositions(connection)
        // safeguard: the position check of the rebuild
        if (isBelow(positions, cut)) return { commit: false, result: false }
        // safeguard: one snapshot for the rebuild
        for await (const grants of readGrantsByRank(connection, campaignId)) await onChunk(grants)
        return { commit: false, result: true }
      },
      { snapshot: true },
    ),
})
