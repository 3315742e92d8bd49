import type { SqlReader } from '../../platform/mysql/connection.ts'
import type { Database } from '../../platform/mysql/database.ts'
import type { KnownRecord } from './log-slice.ts'
import type { Lock } from './rows.ts'

/** How far the ledger has each partition of the log: the next offset to record, by partition. */
export const readPositions = async (source: SqlReader, lock: Lock = ''): Promise<Map<number, number>> => {
  const rows = await source.read(`SELECT partition_id, next_offset FROM ledger_positions ${lock}`)
  return new Map(rows.map((row) => [Number(row['partition_id']), Number(row['next_offset'])]))
}

/** Whether a position lies below one of these ends. A partition without a position counts as 0. */
export const isBelow = (
  positions: ReadonlyMap<number, number>,
  ends: Iterable<readonly [partition: number, end: number]>,
): boolean => [...ends].some(([partition, end]) => (positions.get(partition) ?? 0) < end)

/**
 * The positions as a worker and an arming read them. Rejects `unavailable` when the database does not answer.
 */
export type PositionRepository = {
  /** All positions. Those of `partitions` that are new start at 0. */
  read(partitions: readonly number[]): Promise<Map<number, number>>
  /**
   * The last record that was recorded of each of these partitions. A position that was stored by an earlier
   * version, or that no record came before, has none.
   */
  lastRecords(partitions: readonly number[]): Promise<Map<number, KnownRecord>>
}

export const createPositionRepository = (database: Database): PositionRepository => ({
  async read(partitions) {
    const positions = await readPositions(database)
    const added = partitions.filter((partition) => !positions.has(partition))
    if (added.length > 0)
      await database.change(
        `INSERT INTO ledger_positions (partition_id, next_offset) VALUES ?
         ON DUPLICATE KEY UPDATE partition_id = ledger_positions.partition_id`,
        [added.map((partition) => [partition, 0])],
      )
    for (const partition of added) positions.set(partition, 0)
    return positions
  },
  async lastRecords(partitions) {
    if (partitions.length === 0) return new Map()
    const rows = await database.read(
      `SELECT partition_id, last_offset, last_hash FROM ledger_positions
       WHERE partition_id IN (?) AND last_offset IS NOT NULL AND last_hash IS NOT NULL`,
      [partitions],
    )
    return new Map(
      rows.map((row) => [
        Number(row['partition_id']),
        { offset: Number(row['last_offset']), digest: row['last_hash'] as Buffer },
      ]),
    )
  },
})
