import type { Connection } from '../../platform/mysql/connection.ts'
import type { Database } from '../../platform/mysql/database.ts'
import { findConflicts } from './conflicts.ts'
import { type CampaignRow, findLate } from './late.ts'
import { marks } from './sql.ts'
import type { RejectedGrant, LoggedGrant, LogSlice } from './log-slice.ts'
import { idBytes, idText } from './tables.ts'

export type Recorded =
  /** Rows and position are stored up to, not including, `nextOffset`. `inserted` are new rows, the others were there. */
  | { kind: 'recorded'; nextOffset: number; inserted: number }
  /** The ledger is elsewhere (it went back in time, or records would be skipped): fetch from `nextOffset`. */
  | { kind: 'elsewhere'; nextOffset: number }
  /** Nothing happened: the first record is a grant that may be late, and other partitions have to tell first. */
  | { kind: 'undecided' }

export type Recorder = {
  /**
   * One transaction: the grants become rows and the position moves with them, or nothing happens.
   * `keep` has to keep, before the commit, what can not be a row below `nextOffset`; when it throws, everything rolls back.
   */
  record(
    stretch: LogSlice,
    keep: (broken: readonly RejectedGrant[], nextOffset: number) => Promise<void>,
  ): Promise<Recorded>
}

const readCampaigns = async (
  connection: Connection,
  grants: readonly LoggedGrant[],
): Promise<Map<string, CampaignRow>> => {
  const ids = [...new Set(grants.map(({ grant }) => grant.campaignId))].map(idBytes)
  if (ids.length === 0) return new Map()
  // safeguard: the late check locks the campaigns
  // safeguard: the highest stock so far counts
  const rows = await connection.read(
    `SELECT campaign_id, highest_stock, epoch FROM campaigns WHERE campaign_id IN (${marks(ids.length)}) LOCK IN SHARE MODE`,
    ids,
  )
  return new Map(
    rows.map((row) => [
      idText(row['campaign_id'] as Buffer),
      { highestStock: Number(row['highest_stock']), epoch: Number(row['epoch']) },
    ]),
  )
}

/** New rows. Never INSERT IGNORE: the no-op update counts what was there, and `findConflicts` looks at it. */
const insertRows = async (connection: Connection, grants: readonly LoggedGrant[]): Promise<number> => {
  if (grants.length === 0) return 0
  const rows = grants.map(({ grant }) => [
    idBytes(grant.couponId),
    idBytes(grant.campaignId),
    grant.userId,
    grant.slot,
    grant.rank,
    grant.epoch,
    grant.grantedAtMs,
  ])
  return connection.change(
    `INSERT INTO coupons (coupon_id, campaign_id, user_id, slot, \`rank\`, epoch, granted_at_ms) VALUES ?
     ON DUPLICATE KEY UPDATE coupon_id = coupons.coupon_id`,
    [rows],
  )
}

/** What can be no row, whatever the table holds. */
const hopeless = (at: LoggedGrant, campaign: CampaignRow | undefined, late: boolean): RejectedGrant | undefined => {
  const { campaignId, rank, epoch } = at.grant
  if (late) return { ...at, reason: 'late', message: `appended after epoch ${epoch} was cut` }
  if (campaign === undefined)
    return { ...at, reason: 'unknown-campaign', message: `the ledger has no campaign ${campaignId}` }
  // safeguard: a rank above the highest stock is not stored
  if (rank > campaign.highestStock)
    return {
      ...at,
      reason: 'rank-above-stock',
      message: `rank ${rank} of a stock of ${campaign.highestStock}`,
    }
  return undefined
}

/** Moves the position with the rows. Returns the stored one when it lies before the stretch: records would be skipped. */
const movePosition = async (
  connection: Connection,
  partition: number,
  startOffset: number,
  endOffset: number,
): Promise<number | undefined> => {
  const [row] = await connection.read(
    'SELECT next_offset FROM ledger_positions WHERE partition_id = ? FOR UPDATE',
    [partition],
  )
  const stored = Number(row?.['next_offset'] ?? 0)
  // safeguard: the position never skips records
  if (row === undefined || stored < startOffset) return stored
  await connection.change(
    'UPDATE ledger_positions SET next_offset = GREATEST(next_offset, ?) WHERE partition_id = ?',
    [endOffset, partition],
  )
  return undefined
}

export const createRecorder = (database: Database): Recorder => ({
  record: (stretch, keep) =>
    database.transaction<Recorded>(async (connection) => {
      const { partition, startOffset, endOffset, grants } = stretch
      // The first statement, and locking: a plain SELECT before it would fix an older view.
      // safeguard: the late check begins with a locking read
      const campaigns = await readCampaigns(connection, grants)
      // safeguard: the late check
      const { late, undecidedFrom } = await findLate(connection, stretch, campaigns)
      if (undecidedFrom === startOffset) return { commit: false, result: { kind: 'undecided' } }

      const nextOffset = undecidedFrom ?? endOffset
      const broken: RejectedGrant[] = []
      const sent: LoggedGrant[] = []
      for (const at of grants) {
        if (at.offset >= nextOffset) break
        const lost = hopeless(at, campaigns.get(at.grant.campaignId), late.has(at))
        if (lost === undefined) sent.push(at)
        // safeguard: a rejected record drops none of its neighbours
        else broken.push(lost)
      }
      const inserted = await insertRows(connection, sent)
      if (inserted < sent.length) broken.push(...(await findConflicts(connection, sent)))

      // safeguard: the position moves in the transaction of its rows
      const stored = await movePosition(connection, partition, startOffset, nextOffset)
      if (stored !== undefined) return { commit: false, result: { kind: 'elsewhere', nextOffset: stored } }
      // safeguard: dead letters are acknowledged before the commit
      await keep(broken, nextOffset)
      return { commit: true, result: { kind: 'recorded', nextOffset, inserted } }
    }),
})
