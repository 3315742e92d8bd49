import type { Connection } from '../../platform/mysql/connection.ts'
import type { Database } from '../../platform/mysql/database.ts'

/** How far the ledger has each partition of the log. */
export type PositionRepository = {
  /** Positions by partition; a partition seen for the first time starts at 0. */
  read(partitions: readonly number[]): Promise<Map<number, number>>
}

const readAll = async (connection: Connection): Promise<Map<number, number>> => {
  const rows = await connection.read('SELECT partition_id, next_offset FROM ledger_positions')
  return new Map(rows.map((row) => [Number(row['partition_id']), Number(row['next_offset'])]))
}

export const createPositionRepository = (database: Database): PositionRepository => ({
  read: (partitions) =>
    database.transaction(async (connection) => {
      const positions = await readAll(connection)
      const fresh = partitions.filter((partition) => !positions.has(partition))
      if (fresh.length === 0) return { commit: false, result: positions }
      await connection.change(
        `INSERT INTO ledger_positions (partition_id, next_offset) VALUES ?
         ON DUPLICATE KEY UPDATE partition_id = ledger_positions.partition_id`,
        [fresh.map((partition) => [partition, 0])],
      )
      for (const partition of fresh) positions.set(partition, 0)
      return { commit: true, result: positions }
    }),
})
