import { z } from 'zod'
import type { LedgerRow } from '../../coupon/audit/compare/source-entries.ts'
import { readGrantsByRank } from '../../coupon/ledger/grants-by-rank.ts'
import { idBytes } from '../../coupon/ledger/ids.ts'
import type { Database } from '../../platform/mysql/database.ts'

/** The ledger, read past the product: straight from its table. Every call rejects with `unavailable` when it cannot be read. */
export type LedgerReader = {
  /** Rows of a campaign. */
  count(campaignId: string): Promise<number>
  /** Hands every row of a campaign, all as of one moment, to `onRow`. */
  eachRow(campaignId: string, onRow: (row: LedgerRow) => void): Promise<void>
  /** What the server calls itself. */
  version(): Promise<string>
}

export const createLedgerReader = (database: Database): LedgerReader => ({
  async count(campaignId) {
    const [row] = await database.read('SELECT COUNT(*) AS count FROM coupons WHERE campaign_id = ?', [
      idBytes(campaignId),
    ])
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
