/** More rows than any table has: no bound. */
const unbounded = '18446744073709551615'

/**
 * What a statement means, whatever the defaults of the server are. A name that only MySQL or only MariaDB has
 * stands in a comment that the other one skips.
 */
const settings: readonly string[] = [
  // Text keeps its letters, also with skip-character-set-client-handshake.
  'NAMES utf8mb4 COLLATE utf8mb4_unicode_ci',
  // Without it a plain read opens a transaction: the connection then shows the same moment for ever.
  'SESSION autocommit = 1',
  // The recorder's locking reads and the snapshots rely on it.
  "SESSION /*!80000 transaction_isolation */ /*M!100000 tx_isolation */ = 'REPEATABLE-READ'",
  'SESSION /*!80000 transaction_read_only */ /*M!100000 tx_read_only */ = 0',
  // COMMIT would open the next transaction, or end the connection.
  'SESSION completion_type = 0',
  // A value that does not fit is refused and not cut.
  "SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
  // A read returns all of its rows, however many it has to look at, and however long that takes.
  `SESSION sql_select_limit = ${unbounded}`,
  'SESSION sql_big_selects = 1',
  'SESSION /*!80000 max_execution_time */ /*M!100000 max_statement_time */ = 0',
  'SESSION sql_safe_updates = 0',
  // Without them the engine may skip the check of a unique key.
  'SESSION unique_checks = 1',
  'SESSION foreign_key_checks = 1',
  "SESSION time_zone = '+00:00'",
  // Of new tables: rows and position change in one transaction.
  'SESSION default_storage_engine = InnoDB',
]

/** One statement: it costs a new connection one round trip. */
export const sessionSettings = `SET ${settings.join(', ')}`
