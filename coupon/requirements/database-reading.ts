import { readMigrationFiles } from 'drizzle-orm/migrator'
import { messageOf } from '../../platform/failure.ts'
import type { Connection } from '../../platform/mysql/connection.ts'
import type { Database } from '../../platform/mysql/database.ts'
import { isServerError } from '../../platform/mysql/errors.ts'
import { type Clock, readClock } from './clock.ts'
import type { Told } from './finding.ts'

/** What a database tells of itself, on a connection as API and worker have it. */
export type DatabaseReading = {
  version: string
  /** Of this session, by name, in the server's own words. */
  variables: Told<ReadonlyMap<string, string>>
  connections: Told<number>
  clock: Told<Clock>
  /** Tables of the ledger that are not kept by InnoDB, as `table (engine)`. */
  otherEngines: Told<readonly string[]>
  /** Columns whose value depends on the session's time zone, as `table.column`. */
  zonedColumns: Told<readonly string[]>
  migrations: Told<{ applied: number; missing: number; isNewer: boolean }>
}

const variableNames = [
  ...['innodb_flush_log_at_trx_commit', 'log_bin', 'sync_binlog', 'transaction_isolation', 'tx_isolation'],
  ...[
    'sql_mode',
    'read_only',
    'super_read_only',
    'innodb_read_only',
    'max_connections',
    'max_user_connections',
  ],
  ...['max_allowed_packet', 'innodb_lock_wait_timeout', 'time_zone', 'system_time_zone'],
]

const migrationsFolder = new URL('../../migrations', import.meta.url).pathname

/** One transaction a question: what the server refuses is part of the reading, and leaves the others alone. */
const tellFrom =
  (database: Database) =>
  async <Value>(ask: (connection: Connection) => Promise<Value>): Promise<Told<Value>> => {
    try {
      const value = await database.transaction(async (connection) => ({
        commit: false,
        result: await ask(connection),
      }))
      return { value }
    } catch (cause) {
      if (!isServerError(cause)) throw cause
      return { refused: messageOf(cause) }
    }
  }

const readVariables = async (connection: Connection): Promise<Map<string, string>> => {
  const rows = await connection.read(
    `SHOW VARIABLES WHERE Variable_name IN (${variableNames.map((name) => `'${name}'`).join(', ')})`,
  )
  return new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value'])]))
}

const namesIn = async (connection: Connection, sql: string): Promise<string[]> =>
  (await connection.read(sql)).map((row) => String(row['name']))

const readMigrations = async (connection: Connection) => {
  const files = readMigrationFiles({ migrationsFolder })
  const newest = Math.max(...files.map(({ folderMillis }) => folderMillis))
  const tables = await namesIn(
    connection,
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '__drizzle_migrations'",
  )
  if (tables.length === 0) return { applied: 0, missing: files.length, isNewer: false }
  const rows = await connection.read('SELECT created_at FROM __drizzle_migrations')
  const last = Math.max(0, ...rows.map((row) => Number(row['created_at'])))
  // The rule by which drizzle applies them.
  const missing = files.filter(({ folderMillis }) => folderMillis > last).length
  return { applied: rows.length, missing, isNewer: last > newest }
}

/** Asks, and changes nothing. Rejects `unavailable` when the database does not answer, or does not let us in. */
export const readDatabase = async (database: Database, now: () => number): Promise<DatabaseReading> => {
  const tell = tellFrom(database)
  const version = await database.transaction(async (connection) => ({
    commit: false,
    result: String((await connection.read('SELECT VERSION() AS version'))[0]?.['version']),
  }))
  return {
    version,
    variables: await tell(readVariables),
    connections: await tell(async (connection) =>
      Number((await connection.read("SHOW GLOBAL STATUS LIKE 'Threads_connected'"))[0]?.['Value']),
    ),
    clock: await tell((connection) =>
      readClock(async () => {
        // In UTC, whatever the zone of the session is.
        const [row] = await connection.read(
          "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000 AS nowMs",
        )
        return Number(row?.['nowMs'])
      }, now),
    ),
    otherEngines: await tell((connection) =>
      namesIn(
        connection,
        `SELECT CONCAT(table_name, ' (', engine, ')') AS name FROM information_schema.tables
          WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND engine <> 'InnoDB'`,
      ),
    ),
    zonedColumns: await tell((connection) =>
      namesIn(
        connection,
        `SELECT CONCAT(table_name, '.', column_name) AS name FROM information_schema.columns
          WHERE table_schema = DATABASE() AND data_type = 'timestamp'`,
      ),
    ),
    migrations: await tell(readMigrations),
  }
}
