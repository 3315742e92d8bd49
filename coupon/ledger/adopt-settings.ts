import type { Database } from '../../platform/mysql/database.ts'
import { type Campaign, type CampaignTerms, termsOf } from '../campaign.ts'
import { idBytes } from './ids.ts'
import { recordChange } from './record-change.ts'
import { termsRow } from './rows.ts'

/** What an operator decides about a campaign, at a version. */
export type CampaignSettings = CampaignTerms & Pick<Campaign, 'state' | 'version'>

/**
 * Takes the settings that a gate has at a higher version: the ledger went back in time, and somebody was told
 * that they hold. The highest stock follows, so that no rank granted under them is refused. `false` when the
 * ledger has this version or a higher one, or the campaign is retired.
 */
export const adoptSettings = (
  database: Database,
  id: string,
  { state, version, ...taken }: CampaignSettings,
  nowMs: number,
): Promise<boolean> => {
  const settings = termsOf(taken)
  return database.transaction(async (connection) => {
    const changed = await connection.change(
      `UPDATE campaigns SET ?, highest_stock = GREATEST(highest_stock, ?)
       WHERE campaign_id = ? AND version < ? AND retired_at_ms IS NULL`,
      [{ ...termsRow(settings), state, version }, settings.stock, idBytes(id), version],
    )
    if (changed === 0) return { commit: false, result: false }
    await recordChange(connection, id, { version, action: 'adopted', settings, atMs: nowMs })
    return { commit: true, result: true }
  })
}
