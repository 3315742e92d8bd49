import { z } from 'zod'
import type { LedgerRow } from '../../coupon/audit/compare/source-entries.ts'
import { readGrantsByRank } from '../../coupon/ledger/grants-by-rank.ts'
import { idBytes } from '../../coupon/ledger/ids.ts'
import type { Database } from '../../platform/mysql/database.ts'

/**
 * Reads the ledger's table directly, not through the product. Every call rejects with `unavailable` on
 * failure.
 */
export type LedgerReader = {
  /** The number of rows of a campaign. */
  count(campaignId: string): Promise<number>
  /** Records of the log that the ledger has, of all campaigns: cheap enough to be asked during a burst. */
  recorded(): Promise<number>
  /** Calls `onRow` with every row of a campaign, from one snapshot. */
  eachRow(campaignId: string, onRow: (row: LedgerRow) => void): Promise<void>
  /** The version that the server reports. */
  version(): Promise<string>
}

export const createLedgerReader = (database: Database): LedgerReader => ({
  async count(campaignId) {
    const [row] = await database.read('SELECT COUNT(*) AS count FROM coupons WHERE campaign_id = ?', [
      idBytes(campaignId),
    ])
    return z.object({ count: z.coerce.number() }).parse(row).count
  },
  async recorded() {
    const [row] = await database.read('SELECT COALESCE(SUM(next_offset), 0) AS count FROM ledger_positions')
    return z.object({ count: z.coerce.number() }).parse(row).count
  },
  eachRow: (campaignId, onRow) =>
    database.transaction(
      async (connection) => {
        for await (const rows of readGrantsByRank(connection, campaignId)) for (const row of rows) onRow(row)
        return { commit: false, result: undefined }
      },
      { snapshot: true },
    ),
  async version() {
    const [row] = await database.read('SELECT VERSION() AS version')
    return z.object({ version: z.string() }).parse(row).version
  },
})
