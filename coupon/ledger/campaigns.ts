import type { Database } from '../../platform/mysql/database.ts'
import type { Campaign, CampaignTerms } from '../campaign.ts'
import { cutEpoch } from './cuts.ts'
import { idBytes } from './ids.ts'
import { campaignFrom, readCampaigns, termsRow } from './rows.ts'

/**
 * The campaigns in the ledger: settings and epochs. Every method rejects `unavailable` when the database does
 * not answer.
 */
export type CampaignRepository = {
  /** Writes version 1 of a campaign, with epoch 0: not armed yet. */
  create(id: string, terms: CampaignTerms, nowMs: number): Promise<Campaign>
  read(id: string): Promise<Campaign | undefined>
  readMany(ids: readonly string[]): Promise<Map<string, Campaign>>
  /** Newest first, below `beforeId`. */
  list(limit: number, beforeId: string | undefined): Promise<Campaign[]>
  /** Every campaign that is not retired. */
  live(): Promise<Campaign[]>
  /**
   * Ends an epoch: stores where the log ended for it, by partition, and sets the next epoch. Without ends,
   * for epoch 0, it ends at the current positions. `false` when the campaign has another epoch by now or is
   * retired, or when a position lies below its end. With a fence also `false` when gates are not armed on the
   * Redis of that fence (any longer).
   */
  cut(
    id: string,
    epoch: number,
    ends: ReadonlyMap<number, number> | undefined,
    fence?: string,
  ): Promise<boolean>
}

const highestId = 'f'.repeat(32)

export const createCampaignRepository = (database: Database): CampaignRepository => {
  const readMany: CampaignRepository['readMany'] = async (ids) => {
    if (ids.length === 0) return new Map()
    const found = await readCampaigns(database, 'WHERE campaign_id IN (?)', [ids.map(idBytes)])
    return new Map(found.map((campaign) => [campaign.id, campaign]))
  }
  return {
    async create(id, terms, nowMs) {
      const row = {
        ...termsRow(terms),
        campaign_id: idBytes(id),
        state: 'open',
        highest_stock: terms.stock,
        version: 1,
        epoch: 0,
        created_at_ms: nowMs,
      }
      await database.transaction(async (connection) => {
        await connection.change('INSERT INTO campaigns SET ?', [row])
        await connection.change('INSERT INTO campaign_changes SET ?', [
          {
            campaign_id: row.campaign_id,
            version: row.version,
            action: 'created',
            settings: JSON.stringify(terms),
            changed_at_ms: nowMs,
          },
        ])
        return { commit: true, result: undefined }
      })
      return campaignFrom(row)
    },
    read: async (id) => (await readMany([id])).get(id),
    readMany,
    list: (limit, beforeId = highestId) =>
      readCampaigns(database, 'WHERE campaign_id < ? ORDER BY campaign_id DESC LIMIT ?', [
        idBytes(beforeId),
        limit,
      ]),
    live: () => readCampaigns(database, 'WHERE retired_at_ms IS NULL'),
    cut: (id, epoch, ends, fence) => cutEpoch(database, id, epoch, ends, fence),
  }
}
