import { join } from 'node:path'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import type { Database } from '../../platform/mysql/database.ts'
import { isServerError } from '../../platform/mysql/errors.ts'
import { type ClockOffset, readClockOffset } from './clock.ts'
import { type ReadResult, readUnlessRefused } from './finding.ts'

/** What a database reports of itself, on a connection with the settings of API and worker. */
export type DatabaseReading = {
  version: string
  /** Variables of this session by name, with their values as text. */
  variables: ReadResult<ReadonlyMap<string, string>>
  connections: ReadResult<number>
  clock: ReadResult<ClockOffset>
  /** Tables whose engine is not InnoDB, as `table (engine)`. */
  otherEngines: ReadResult<readonly string[]>
  /** Columns whose value depends on the session's time zone, as `table.column`. */
  zonedColumns: ReadResult<readonly string[]>
  migrations: ReadResult<{ applied: number; missing: number; isNewer: boolean }>
}

const variableNames = [
  'innodb_flush_log_at_trx_commit',
  'log_bin',
  'sync_binlog',
  'transaction_isolation',
  'tx_isolation',
  'sql_mode',
  'read_only',
  'super_read_only',
  'innodb_read_only',
  'max_connections',
  'max_user_connections',
  'max_allowed_packet',
  'innodb_lock_wait_timeout',
  'time_zone',
  'system_time_zone',
]

const migrationsFolder = join(import.meta.dirname, '..', '..', 'migrations')

/**
 * Asks and changes nothing. Rejects `unavailable` when the database does not answer, or refuses the login.
 */
export const readDatabase = async (database: Database, now: () => number): Promise<DatabaseReading> => {
  const result = <Value>(read: () => Promise<Value>) => readUnlessRefused(read, isServerError)
  const valueOf = async (sql: string, column: string): Promise<unknown> =>
    (await database.read(sql))[0]?.[column]
  const namesIn = async (sql: string): Promise<string[]> =>
    (await database.read(sql)).map(({ name }) => String(name))

  const readVariables = async (): Promise<Map<string, string>> => {
    const rows = await database.read('SHOW VARIABLES WHERE Variable_name IN (?)', [variableNames])
    return new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value'])]))
  }

  const readMigrations = async () => {
    const files = readMigrationFiles({ migrationsFolder })
    const newest = Math.max(...files.map(({ folderMillis }) => folderMillis))
    const tables = await namesIn(
      `SELECT table_name AS name FROM information_schema.tables
        WHERE table_schema = DATABASE() AND table_name = '__drizzle_migrations'`,
    )
    if (tables.length === 0) return { applied: 0, missing: files.length, isNewer: false }
    const rows = await database.read('SELECT created_at FROM __drizzle_migrations')
    const last = Math.max(0, ...rows.map((row) => Number(row['created_at'])))
    // drizzle applies the files that are newer than the last one applied.
    const missing = files.filter(({ folderMillis }) => folderMillis > last).length
    return { applied: rows.length, missing, isNewer: last > newest }
  }

  /** The time in UTC, whatever the time zone of the session. */
  const readTimeMs = async (): Promise<number> =>
    Number(
      await valueOf(
        "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000 AS nowMs",
        'nowMs',
      ),
    )

  return {
    version: String(await valueOf('SELECT VERSION() AS version', 'version')),
    variables: await result(readVariables),
    connections: await result(async () =>
      Number(await valueOf("SHOW GLOBAL STATUS LIKE 'Threads_connected'", 'Value')),
    ),
    clock: await result(() => readClockOffset(readTimeMs, now)),
    otherEngines: await result(() =>
      namesIn(
        `SELECT CONCAT(table_name, ' (', engine, ')') AS name FROM information_schema.tables
          WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND engine <> 'InnoDB'`,
      ),
    ),
    zonedColumns: await result(() =>
      namesIn(
        `SELECT CONCAT(table_name, '.', column_name) AS name FROM information_schema.columns
          WHERE table_schema = DATABASE() AND data_type = 'timestamp'`,
      ),
    ),
    migrations: await result(readMigrations),
  }
}
