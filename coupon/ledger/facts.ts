import type { SqlReader } from '../../platform/mysql/connection.ts'
import { type Cuts, readCuts } from './cuts.ts'
import { idBytes } from './ids.ts'
import { readPositions } from './positions.ts'

/** What the ledger has about a campaign beside its coupons. */
export type LedgerFacts = {
  epoch: number
  stock: number
  highestStock: number
  /** Its gate was removed for good. */
  isRetired: boolean
  /** Positions by partition. */
  positions: ReadonlyMap<number, number>
  /** The cut of epoch 0 is where the log stood before the campaign's first grant. */
  cuts: Cuts
}

/**
 * The facts about a campaign; `undefined` when the ledger has no such campaign. Consistent within a snapshot.
 */
export const readLedgerFacts = async (
  source: SqlReader,
  campaignId: string,
): Promise<LedgerFacts | undefined> => {
  const [campaign] = await source.read(
    'SELECT epoch, stock, highest_stock, retired_at_ms FROM campaigns WHERE campaign_id = ?',
    [idBytes(campaignId)],
  )
  if (campaign === undefined) return undefined
  return {
    epoch: Number(campaign['epoch']),
    stock: Number(campaign['stock']),
    highestStock: Number(campaign['highest_stock']),
    isRetired: campaign['retired_at_ms'] !== null,
    positions: await readPositions(source),
    cuts: (await readCuts(source, [campaignId])).get(campaignId) ?? new Map(),
  }
}
