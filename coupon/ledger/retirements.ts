import { and, desc, gt, isNotNull, isNull, lt } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/mysql2'
import type { Database } from '../../platform/mysql/database.ts'
import type { Campaign } from '../campaign.ts'
import { campaignOf } from './campaigns.ts'
import { asking } from './sql.ts'
import { campaigns, idBytes } from './tables.ts'

/** Which campaigns lost their gate for good. Every method rejects `unavailable` when the database does not answer. */
export type RetirementRepository = {
  /** Ids of retired campaigns, the newest first. */
  ids(limit: number): Promise<string[]>
  /** The next campaign by id, after this one, that closed before `closedBeforeMs`, was armed and is not retired. */
  next(closedBeforeMs: number, afterId: string | undefined): Promise<Campaign | undefined>
  /** Notes that its gate goes for good, with this many rows. `false` when it is of another epoch or version by now, or retired. */
  note(campaign: Campaign, rows: number, nowMs: number): Promise<boolean>
}

export const createRetirementRepository = (database: Database): RetirementRepository => {
  const db = drizzle({ client: database.pool })
  return {
    async ids(limit) {
      const rows = await asking(
        db
          .select({ id: campaigns.campaignId })
          .from(campaigns)
          .where(isNotNull(campaigns.retiredAtMs))
          .orderBy(desc(campaigns.retiredAtMs))
          .limit(limit),
      )
      return rows.map(({ id }) => id)
    },
    async next(closedBeforeMs, afterId) {
      const isAfter = afterId === undefined ? undefined : gt(campaigns.campaignId, afterId)
      const isDue = and(isNull(campaigns.retiredAtMs), lt(campaigns.closesAtMs, closedBeforeMs))
      const [row] = await asking(
        db
          .select()
          .from(campaigns)
          .where(and(isDue, gt(campaigns.epoch, 0), isAfter))
          .orderBy(campaigns.campaignId)
          .limit(1),
      )
      return row === undefined ? undefined : campaignOf(row)
    },
    note: ({ id, epoch, version }, rows, nowMs) =>
      database.transaction(async (connection) => {
        // safeguard: the ledger retires only what was audited
        const changed = await connection.change(
          `UPDATE campaigns SET retired_at_ms = ?, granted = ?
           WHERE campaign_id = ? AND epoch = ? AND version = ? AND retired_at_ms IS NULL`,
          [nowMs, rows, idBytes(id), epoch, version],
        )
        return { commit: changed === 1, result: changed === 1 }
      }),
  }
}
