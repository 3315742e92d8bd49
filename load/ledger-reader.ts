import { z } from 'zod'
import type { LedgerRow } from '../coupon/books/identity.ts'
import { idBytes, idText } from '../coupon/ledger/tables.ts'
import { Failure, messageOf } from '../platform/failure.ts'
import type { Database } from '../platform/mysql.ts'

/** The ledger, read past the product: straight from its table. Every call rejects with `unavailable` when it cannot be read. */
export type LedgerReader = {
  /** Rows of a campaign. */
  count(campaignId: string): Promise<number>
  /** Every row of a campaign, by rank, a page at a time. */
  rows(campaignId: string): AsyncGenerator<LedgerRow>
  /** What the server calls itself. */
  version(): Promise<string>
}

const pageSize = 5_000

const id = z.instanceof(Buffer).transform(idText)
const rowShape = z.object({
  coupon_id: id,
  campaign_id: id,
  user_id: z.string(),
  slot: z.int(),
  rank: z.int(),
  epoch: z.int(),
})

const pageQuery = [
  'SELECT coupon_id, campaign_id, user_id, slot, `rank`, epoch FROM coupons',
  // The second part keeps a rank that is there twice from being skipped, should the unique key be gone.
  'WHERE campaign_id = ? AND `rank` >= ? AND (`rank` > ? OR coupon_id > ?)',
  'ORDER BY `rank`, coupon_id LIMIT ?',
].join(' ')

export const createLedgerReader = (database: Database): LedgerReader => {
  const query = async (sql: string, values: unknown[]): Promise<unknown[]> => {
    try {
      const [rows] = await database.pool.query({ sql }, values)
      return Array.isArray(rows) ? rows : []
    } catch (cause) {
      throw new Failure('unavailable', `the ledger cannot be read: ${messageOf(cause)}`, {
        retryable: true,
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
    async *rows(campaignId) {
      let after: { rank: number; couponId: Buffer } = { rank: 0, couponId: Buffer.alloc(16) }
      for (;;) {
        const page = await query(pageQuery, [
          idBytes(campaignId),
          after.rank,
          after.rank,
          after.couponId,
          pageSize,
        ])
        for (const raw of page) {
          const { coupon_id, campaign_id, user_id, slot, rank, epoch } = rowShape.parse(raw)
          yield { couponId: coupon_id, campaignId: campaign_id, userId: user_id, slot, rank, epoch }
          after = { rank, couponId: idBytes(coupon_id) }
        }
        if (page.length < pageSize) return
      }
    },
    async version() {
      const [row] = await query('SELECT VERSION() AS version', [])
      return z.object({ version: z.string() }).parse(row).version
    },
  }
}
