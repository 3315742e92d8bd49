import type { Connection } from '../../platform/mysql/connection.ts'
import type { Database } from '../../platform/mysql/database.ts'
import type { Grant } from '../grant.ts'
import { findConflicts } from './conflicts.ts'
import { idBytes, idText } from './ids.ts'
import { findLate } from './late.ts'
import type { LoggedGrant, LogSlice } from './log-slice.ts'
import type { RejectedGrant } from './rejected-grant.ts'

export type Recorded =
  /**
   * Rows and position are stored up to, not including, `nextOffset`. `inserted` rows are new, the others
   * existed.
   */
  | { kind: 'recorded'; nextOffset: number; inserted: number }
  /**
   * Nothing was stored: the ledger is at another position, e.g. after it went back in time. Read on from
   * `nextOffset`.
   */
  | { kind: 'elsewhere'; nextOffset: number }
  /**
   * Nothing was stored: the first record is a grant that may be late, and other partitions decide that first.
   */
  | { kind: 'undecided' }

/** log -> ledger (docs/protocol.md, section 3). */
export type Recorder = {
  /**
   * Stores the grants of a slice and moves the position, in one transaction. Before the commit, `keep` has to
   * store the grants below `nextOffset` that cannot become rows; when it throws, everything rolls back.
   */
  record(
    slice: LogSlice,
    keep: (rejected: readonly RejectedGrant[], nextOffset: number) => Promise<void>,
  ): Promise<Recorded>
}

type CampaignLimits = { highestStock: number; epoch: number }

/** The limits of the campaigns of these grants, by campaign id, as they are committed. */
export const readLimits = async (
  connection: Connection,
  grants: readonly LoggedGrant[],
): Promise<Map<string, CampaignLimits>> => {
  const ids = [...new Set(grants.map(({ grant }) => grant.campaignId))].map(idBytes)
  if (ids.length === 0) return new Map()
  // safeguard: the late check locks the campaigns
  // safeguard: the highest stock so far counts
  const rows = await connection.read(
    'SELECT campaign_id, highest_stock, epoch FROM campaigns WHERE campaign_id IN (?) LOCK IN SHARE MODE',
    [ids],
  )
  return new Map(
    rows.map((row) => [
      idText(row['campaign_id'] as Buffer),
      { highestStock: Number(row['highest_stock']), epoch: Number(row['epoch']) },
    ]),
  )
}

/**
 * Inserts rows and returns how many are new. Existing rows count 0, and `findConflicts` compares them.
 * Not INSERT IGNORE, which would also turn other errors into warnings.
 */
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

/** Why a grant cannot be stored, whatever rows exist. */
export const rejectReason = (
  { campaignId, rank, epoch }: Grant,
  limits: CampaignLimits | undefined,
  isLate: boolean,
): Pick<RejectedGrant, 'reason' | 'message'> | undefined => {
  if (isLate) return { reason: 'late', message: `appended after epoch ${epoch} was cut` }
  if (limits === undefined)
    return { reason: 'unknown-campaign', message: `the ledger has no campaign ${campaignId}` }
  // safeguard: a rank above the highest stock is not stored
  if (rank > limits.highestStock)
    return { reason: 'rank-above-stock', message: `rank ${rank} of a stock of ${limits.highestStock}` }
  return undefined
}

/**
 * Moves the position with the rows, and remembers the record before it. Returns the stored position when it
 * lies below the slice: records would be skipped.
 */
const movePosition = async (
  connection: Connection,
  slice: LogSlice,
  endOffset: number,
): Promise<number | undefined> => {
  const { partition, startOffset } = slice
  const [row] = await connection.read(
    'SELECT next_offset FROM ledger_positions WHERE partition_id = ? FOR UPDATE',
    [partition],
  )
  const stored = Number(row?.['next_offset'] ?? 0)
  // safeguard: the position never skips records
  if (row === undefined || stored < startOffset) return stored
  if (stored >= endOffset) return undefined
  // Without a record in the slice the one before it stays the last.
  const last = slice.lastRecordBelow?.(endOffset)
  await connection.change(
    `UPDATE ledger_positions SET next_offset = ?, last_offset = COALESCE(?, last_offset),
     last_hash = COALESCE(?, last_hash) WHERE partition_id = ?`,
    [endOffset, last?.offset ?? null, last?.digest ?? null, partition],
  )
  return undefined
}

export const createRecorder = (database: Database): Recorder => ({
  record: (slice, keep) =>
    database.transaction<Recorded>(async (connection) => {
      const { startOffset, endOffset, grants } = slice
      // The first statement, and a locking one: a plain SELECT before it would fix an older view.
      // safeguard: the late check begins with a locking read
      const limits = await readLimits(connection, grants)
      // safeguard: the late check
      const { late, undecidedFrom } = await findLate(connection, slice, limits)
      if (undecidedFrom === startOffset) return { commit: false, result: { kind: 'undecided' } }

      const nextOffset = undecidedFrom ?? endOffset
      const rejected: RejectedGrant[] = []
      const sent: LoggedGrant[] = []
      for (const at of grants) {
        if (at.offset >= nextOffset) break
        const rejection = rejectReason(at.grant, limits.get(at.grant.campaignId), late.has(at))
        if (rejection === undefined) sent.push(at)
        // safeguard: a rejected record drops none of its neighbours
        else rejected.push({ ...at, ...rejection })
      }
      const inserted = await insertRows(connection, sent)
      if (inserted < sent.length) rejected.push(...(await findConflicts(connection, sent)))

      // safeguard: the position moves in the transaction of its rows
      const stored = await movePosition(connection, slice, nextOffset)
      if (stored !== undefined) return { commit: false, result: { kind: 'elsewhere', nextOffset: stored } }
      // safeguard: dead letters are acknowledged before the commit
      await keep(rejected, nextOffset)
      return { commit: true, result: { kind: 'recorded', nextOffset, inserted } }
    }),
})
