import type { Connection } from '../../platform/mysql/connection.ts'
import { idBytes } from './tables.ts'

/** What the ledger says of a campaign beside its rows. */
export type LedgerFacts = {
  epoch: number
  stock: number
  highestStock: number
  /** Its gate was taken away for good. */
  isRetired: boolean
  /** Positions by partition. */
  positions: ReadonlyMap<number, number>
  /** Cuts by epoch and partition; that of epoch 0 is where the log stood before the campaign's first grant. */
  cuts: ReadonlyMap<number, ReadonlyMap<number, number>>
}

/** Reads the facts as this transaction sees them; `undefined` when there is no such campaign. */
export const readLedgerFacts = async (
  connection: Connection,
  campaignId: string,
): Promise<LedgerFacts | undefined> => {
  const id = idBytes(campaignId)
  const [campaign] = await connection.read(
    'SELECT epoch, stock, highest_stock, retired_at_ms FROM campaigns WHERE campaign_id = ?',
    [id],
  )
  if (campaign === undefined) return undefined
  const positions = await connection.read('SELECT partition_id, next_offset FROM ledger_positions')
  const stored = await connection.read(
    'SELECT epoch, partition_id, end_offset FROM campaign_cuts WHERE campaign_id = ?',
    [id],
  )
  const cuts = new Map<number, Map<number, number>>()
  for (const row of stored) {
    const ofEpoch = cuts.get(Number(row['epoch'])) ?? new Map<number, number>()
    cuts.set(Number(row['epoch']), ofEpoch.set(Number(row['partition_id']), Number(row['end_offset'])))
  }
  return {
    epoch: Number(campaign['epoch']),
    stock: Number(campaign['stock']),
    highestStock: Number(campaign['highest_stock']),
    isRetired: campaign['retired_at_ms'] !== null,
    positions: new Map(positions.map((row) => [Number(row['partition_id']), Number(row['next_offset'])])),
    cuts,
  }
}
