import { z } from 'zod'
import type { LedgerRow } from '../../coupon/audit/compare/identity.ts'
import { readRows } from '../../coupon/ledger/rows.ts'
import { idBytes } from '../../coupon/ledger/tables.ts'
import { Failure, messageOf } from '../../platform/failure.ts'
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

export const createLedgerReader = (database: Database): LedgerReader => {
  const query = async (sql: string, values: unknown[]): Promise<unknown[]> => {
    try {
      const [rows] = await database.pool.query({ sql }, values)
      return Array.isArray(rows) ? rows : []
    } catch (cause) {
      throw new Failure('unavailable', `the ledger cannot be read: ${messageOf(cause)}`, {
        cause,
      })
    }
  }

  return {
    async count(campaignId) {
      const [row] = await query('SELECT COUNT(*) AS count FROM coupons WHERE campaign_id = ?', [
        idBytes(campaignId),
      ])
      return z.object({ count: z.coerce.number() }).parse(row).count
    },
    eachRow: (campaignId, onRow) =>
      database.transaction(
        async (connection) => {
          for await (const rows of readRows(connection, campaignId)) for (const row of rows) onRow(row)
          return { commit: false, result: undefined }
        },
        { snapshot: true },
      ),
    async version() {
      const [row] = await query('SELECT VERSION() AS version', [])
      return z.object({ version: z.string() }).parse(row).version
    },
  }
}
