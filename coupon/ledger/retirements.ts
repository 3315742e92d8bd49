import type { Database } from '../../platform/mysql/database.ts'
import type { Campaign } from '../campaign.ts'
import { idBytes, idText } from './ids.ts'
import { readCampaigns } from './rows.ts'

/** Which campaigns are retired. Every method rejects `unavailable` when the database does not answer. */
export type RetirementRepository = {
  /** Ids of retired campaigns, newest retirement first. */
  ids(limit: number): Promise<string[]>
  /**
   * The next campaign by id, after `afterId`, that closed before `closedBeforeMs`, was armed and is not
   * retired.
   */
  nextDue(closedBeforeMs: number, afterId: string | undefined): Promise<Campaign | undefined>
  /**
   * Retires a campaign with this many coupons. `false` when it has another epoch or version by now, or is
   * retired.
   */
  retire(campaign: Campaign, coupons: number, nowMs: number): Promise<boolean>
  /** Makes a retired campaign live again, unless its epoch or version changed. */
  undo(campaign: Campaign): Promise<void>
}

export const createRetirementRepository = (database: Database): RetirementRepository => ({
  async ids(limit) {
    const rows = await database.read(
      'SELECT campaign_id FROM campaigns WHERE retired_at_ms IS NOT NULL ORDER BY retired_at_ms DESC LIMIT ?',
      [limit],
    )
    return rows.map((row) => idText(row['campaign_id'] as Buffer))
  },
  async nextDue(closedBeforeMs, afterId = '') {
    const [campaign] = await readCampaigns(
      database,
      `WHERE retired_at_ms IS NULL AND closes_at_ms < ? AND epoch > 0 AND campaign_id > ?
       ORDER BY campaign_id LIMIT 1`,
      [closedBeforeMs, idBytes(afterId)],
    )
    return campaign
  },
  async retire({ id, epoch, version }, coupons, nowMs) {
    // safeguard: the ledger retires only what was audited
    const changed = await database.change(
      `UPDATE campaigns SET retired_at_ms = ?, granted = ?
       WHERE campaign_id = ? AND epoch = ? AND version = ? AND retired_at_ms IS NULL`,
      [nowMs, coupons, idBytes(id), epoch, version],
    )
    return changed === 1
  },
  async undo({ id, epoch, version }) {
    await database.change(
      `UPDATE campaigns SET retired_at_ms = NULL, granted = NULL
       WHERE campaign_id = ? AND epoch = ? AND version = ?`,
      [idBytes(id), epoch, version],
    )
  },
})
