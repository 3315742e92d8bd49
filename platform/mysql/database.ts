import type { PoolConnection as CallbackConnection } from 'mysql2'
import {
  createConnection,
  createPool,
  type Connection as DriverConnection,
  type PoolConnection,
  type ResultSetHeader,
} from 'mysql2/promise'
import { type DatabaseConnection, hasHostName } from '../connections/database-connection.ts'
import { givenFiles } from '../connections/tls-files.ts'
import { withTimeout } from '../with-timeout.ts'
import type { Connection, SqlRow } from './connection.ts'
import { databaseFailure, isReadOnly, isServerError } from './errors.ts'
import { createWithLeases, type DedicatedConnection, type WithLeases } from './lease.ts'
import { sessionSettings } from './session-settings.ts'

/**
 * A MySQL or MariaDB database. `read` and `change` run one statement on a connection of the pool; a change
 * commits itself. Every statement is bounded in time. Whatever the database did not do rejects `unavailable`:
 * a change may have happened.
 */
export type Database = Connection & {
  /**
   * Runs `work` in a transaction: it commits when `work` says so; otherwise, or when anything is thrown, it
   * rolls back. Everything that is thrown rejects as `unavailable`, unless it is a `Failure`. After a failed
   * COMMIT the result is unknown. With `snapshot` every read sees the database as of the start of the
   * transaction.
   */
  transaction<Result>(
    work: (connection: Connection) => Promise<{ commit: boolean; result: Result }>,
    options?: { snapshot: boolean },
  ): Promise<Result>
  readonly withLeases: WithLeases
  close(): Promise<void>
}

export type DatabaseOptions = DatabaseConnection & {
  connectionsMax: number
  /** After this time the result of a statement is unknown, and its connection is discarded. */
  queryTimeoutMs: number
}

/**
 * The statements of a connection, bounded by our own clock. The one of mysql2 starts when a statement is
 * sent, and none is sent behind one that gets no answer. A connection that owes an answer is destroyed, which
 * also rolls back.
 */
const statementsOn = (connection: DriverConnection, timeoutMs: number): Connection => {
  const run = async (sql: string, values: readonly unknown[] = []): Promise<unknown> => {
    try {
      const query = connection.query({ sql, values: [...values] })
      return (await withTimeout(query, timeoutMs, 'database: no answer'))[0]
    } catch (cause) {
      if (!isServerError(cause)) connection.destroy()
      throw cause
    }
  }
  return {
    read: async (sql, values) => (await run(sql, values)) as SqlRow[],
    change: async (sql, values) => ((await run(sql, values)) as ResultSetHeader).affectedRows,
  }
}

/** Left to the driver, the name in the certificate would not be compared. */
const tlsOf = ({ url, tls }: DatabaseConnection) =>
  tls === undefined ? {} : { ssl: { ...givenFiles(tls), verifyIdentity: hasHostName(url) } }

/**
 * A pool in which every wait is bounded. Connections open when first needed, so a process starts without its
 * database.
 */
export const connectDatabase = (options: DatabaseOptions): Database => {
  const { queryTimeoutMs } = options
  const connectionOptions = {
    uri: options.url,
    connectTimeout: 2_000,
    enableKeepAlive: true,
    keepAliveInitialDelay: 10_000,
    timezone: 'Z',
    // Without FOUND_ROWS `affectedRows` counts changed rows, so a no-op upsert counts 0.
    flags: ['-FOUND_ROWS', '-LOCAL_FILES'],
    ...tlsOf(options),
  }
  const pool = createPool({
    ...connectionOptions,
    connectionLimit: options.connectionsMax,
    maxIdle: options.connectionsMax,
    queueLimit: 1_000,
  })
  // After a failover the old server may run on, read-only, with outdated data. From the first read-only error
  // on, the pool discards its connections and resolves the host name again.
  let trusted = new WeakSet<object>()
  pool.on('connection', (connection) => {
    // The promise pool of mysql2 passes the callback connection here, whatever its types say.
    const opened = connection as unknown as CallbackConnection
    trusted.add(opened)
    // safeguard: a session does not take the defaults of its server
    opened.query(sessionSettings, (cause) => {
      if (cause !== null) opened.destroy()
    })
  })

  /** A connection of the pool; the pool itself would wait for one without a bound. */
  const acquireAny = async (): Promise<PoolConnection> => {
    const pending = pool.getConnection()
    try {
      return await withTimeout(pending, queryTimeoutMs, 'database: no connection')
    } catch (cause) {
      // One that arrives late goes straight back.
      pending.then(
        (late) => late.release(),
        () => undefined,
      )
      throw cause
    }
  }

  const acquire = async (): Promise<PoolConnection> => {
    for (;;) {
      const connection = await acquireAny()
      // Ends: each round leaves one untrusted connection less, and a new one is trusted.
      if (trusted.has(connection.connection)) return connection
      connection.destroy()
    }
  }

  /**
   * After anything but an error of the server the connection is destroyed: a late answer may still arrive on
   * it.
   */
  const withConnection = async <Result>(
    work: (statements: Connection, connection: PoolConnection) => Promise<Result>,
  ): Promise<Result> => {
    const connection = await acquire()
    let isReusable = false
    try {
      const result = await work(statementsOn(connection, queryTimeoutMs), connection)
      isReusable = true
      return result
    } catch (cause) {
      if (isReadOnly(cause)) trusted = new WeakSet()
      else isReusable = isServerError(cause)
      throw cause
    } finally {
      if (isReusable) connection.release()
      else connection.destroy()
    }
  }

  const orUnavailable = async <Result>(pending: Promise<Result>): Promise<Result> => {
    try {
      return await pending
    } catch (cause) {
      throw databaseFailure(cause)
    }
  }

  /** Not of the pool: its holder needs the pool for its work, and would wait there for other holders. */
  const openDedicated = async (timeoutMs: number): Promise<DedicatedConnection> => {
    const connection = await createConnection(connectionOptions)
    // A break shows at the next statement; without a listener it would end the process.
    connection.on('error', () => undefined)
    const statements = statementsOn(connection, timeoutMs)
    await statements.change(sessionSettings)
    return { ...statements, destroy: () => connection.destroy() }
  }
  const withLeases = createWithLeases({ connect: openDedicated, queryTimeoutMs })

  return {
    read: (sql, values) => orUnavailable(withConnection(({ read }) => read(sql, values))),
    change: (sql, values) => orUnavailable(withConnection(({ change }) => change(sql, values))),
    transaction: (work, { snapshot } = { snapshot: false }) =>
      orUnavailable(
        withConnection(async (statements, connection) => {
          await statements.change(
            snapshot ? 'START TRANSACTION WITH CONSISTENT SNAPSHOT' : 'START TRANSACTION',
          )
          try {
            const { commit, result } = await work(statements)
            await statements.change(commit ? 'COMMIT' : 'ROLLBACK')
            return result
          } catch (cause) {
            await statements.change('ROLLBACK').catch(() => connection.destroy())
            throw cause
          }
        }),
      ),
    withLeases: (names, waitSeconds, work) => orUnavailable(withLeases(names, waitSeconds, work)),
    close: () => pool.end(),
  }
}
