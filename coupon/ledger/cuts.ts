import type { SqlReader, SqlRow } from '../../platform/mysql/connection.ts'
import type { Database } from '../../platform/mysql/database.ts'
import { idBytes, idText } from './ids.ts'
import { isBelow, readPositions } from './positions.ts'
import { isCurrentRedis } from './redis-servers.ts'
import type { Lock } from './rows.ts'

/** Where the log ended for each epoch: end offset by partition, by epoch. */
export type Cuts = ReadonlyMap<number, ReadonlyMap<number, number>>

const cutsFrom = (rows: readonly SqlRow[]): Cuts => {
  const cuts = new Map<number, Map<number, number>>()
  for (const row of rows) {
    const epoch = Number(row['epoch'])
    const cut = cuts.get(epoch) ?? new Map<number, number>()
    cuts.set(epoch, cut.set(Number(row['partition_id']), Number(row['end_offset'])))
  }
  return cuts
}

/** The cuts of these campaigns, by campaign id. One that was never armed has none. */
export const readCuts = async (
  source: SqlReader,
  campaignIds: readonly string[],
  lock: Lock = '',
): Promise<Map<string, Cuts>> => {
  const rows = await source.read(
    `SELECT campaign_id, epoch, partition_id, end_offset FROM campaign_cuts WHERE campaign_id IN (?) ${lock}`,
    [campaignIds.map(idBytes)],
  )
  const byCampaign = Map.groupBy(rows, (row) => idText(row['campaign_id'] as Buffer))
  return new Map([...byCampaign].map(([id, ofCampaign]) => [id, cutsFrom(ofCampaign)]))
}

/** The epochs that get a cut. Where epoch 0 ended is unknown to a ledger that went back to it. */
const epochsToCut = (epoch: number, lastEpoch: number): number[] => {
  const first = lastEpoch > 0 ? Math.max(1, epoch) : 0
  return Array.from({ length: lastEpoch - first + 1 }, (_, index) => first + index)
}

/**
 * Ends an epoch, as `CampaignRepository.cut` promises: one transaction stores its cut and sets the next
 * epoch.
 */
export const cutEpoch = (
  database: Database,
  campaignId: string,
  epoch: number,
  ends: ReadonlyMap<number, number> | undefined,
  fence?: string,
  lastEpoch = epoch,
): Promise<boolean> =>
  database.transaction(async (connection) => {
    const id = idBytes(campaignId)
    const [row] = await connection.read(
      'SELECT epoch, retired_at_ms FROM campaigns WHERE campaign_id = ? FOR UPDATE',
      [id],
    )
    // safeguard: the epoch check of the cut
    if (row?.['epoch'] !== epoch || row['retired_at_ms'] !== null) return { commit: false, result: false }
    // safeguard: the cut is of the current Redis
    if (fence !== undefined && !(await isCurrentRedis(connection, fence)))
      return { commit: false, result: false }
    const positions = await readPositions(connection, 'LOCK IN SHARE MODE')
    const cut = [...(ends ?? positions)]
    // safeguard: the position check of the cut
    if (isBelow(positions, cut)) return { commit: false, result: false }
    // safeguard: a cut names every partition of the ledger
    if (ends !== undefined && [...positions.keys()].some((partition) => !ends.has(partition)))
      return { commit: false, result: false }
    if (cut.length > 0)
      await connection.change(
        'INSERT INTO campaign_cuts (campaign_id, epoch, partition_id, end_offset) VALUES ?',
        [
          epochsToCut(epoch, lastEpoch).flatMap((ended) =>
            cut.map(([partition, end]) => [id, ended, partition, end]),
          ),
        ],
      )
    await connection.change('UPDATE campaigns SET epoch = ? WHERE campaign_id = ?', [lastEpoch + 1, id])
    return { commit: true, result: true }
  })
