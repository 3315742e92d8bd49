import type { PoolConnection as PlainConnection } from 'mysql2'
import {
  type Connection as DriverConnection,
  createConnection,
  createPool,
  type Pool,
  type PoolConnection,
  type ResultSetHeader,
  type RowDataPacket,
} from 'mysql2/promise'
import type { Connection } from './connection.ts'
import { createLeased, type Leased, type DedicatedConnection } from './lease.ts'
import { failureOf, isReadOnly, isServerError } from './errors.ts'
import { withTimeout } from '../with-timeout.ts'

export type Database = {
  /** What drizzle builds its queries on: the pool, with every query bounded in time. */
  readonly pool: Pool
  /**
   * Runs `work` in a transaction on a connection of its own: it commits when `work` says so, else, or when anything
   * is thrown, it rolls back. Rejects with `unavailable` for whatever the database did not do; a failed COMMIT is unknown.
   * `snapshot` reads everything as of the first moment.
   */
  transaction<Result>(
    work: (connection: Connection) => Promise<{ commit: boolean; result: Result }>,
    options?: { snapshot: boolean },
  ): Promise<Result>
  readonly leased: Leased
  close(): Promise<void>
}

export type DatabaseOptions = {
  /** `mysql://user:password@host:port/database` */
  url: string
  connectionsMax: number
  /** A query that took longer is unknown; its connection is thrown away. */
  queryTimeoutMs: number
}

const sessionSettings = [
  'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
]

type Query = { sql: string; values: unknown[] }

/**
 * One query by our own clock: mysql2's starts when a query leaves, and none leaves behind one that is never answered.
 * A connection that owes an answer is destroyed at once, which rolls back too: nothing can be asked on it any more.
 */
const ask = async (connection: DriverConnection, query: Query, timeoutMs: number) => {
  try {
    return await withTimeout(connection.query(query), timeoutMs, 'database: no answer')
  } catch (cause) {
    if (!isServerError(cause)) connection.destroy()
    throw cause
  }
}

const bounded = (connection: DriverConnection, timeoutMs: number): Connection => {
  const query = async (sql: string, values: readonly unknown[]): Promise<unknown> => {
    const [result] = await ask(connection, { sql, values: [...values] }, timeoutMs)
    return result
  }
  return {
    async read(sql, values = []) {
      return (await query(sql, values)) as RowDataPacket[]
    },
    async change(sql, values = []) {
      return ((await query(sql, values)) as ResultSetHeader).affectedRows
    },
  }
}

/** A pool whose every wait is bounded. Connections are made when first needed, so a process starts with the database down. */
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
  }
  const pool = createPool({
    ...connectionOptions,
    connectionLimit: options.connectionsMax,
    maxIdle: options.connectionsMax,
    queueLimit: 1_000,
  })
  // A server that was failed away from lives on read-only, and whoever keeps a connection to it would stay with it, and read what
  // it has for the truth: from its first such answer on, the pool asks the name again.
  let trusted = new WeakSet<object>()
  // What the recorder's locking reads and the rebuild's snapshot rely on, whatever the server's defaults are.
  pool.on('connection', (connection) => {
    // mysql2's promise pool hands out the plain connection here, whatever its types say.
    const plain = connection as unknown as PlainConnection
    trusted.add(plain)
    for (const setting of sessionSettings)
      plain.query(setting, (fault) => {
        if (fault !== null) plain.destroy()
      })
  })

  /** A connection of the pool; the pool itself would let one wait for ever. */
  const acquireAny = async (): Promise<PoolConnection> => {
    const pending = pool.getConnection()
    try {
      return await withTimeout(pending, queryTimeoutMs, 'database: no connection')
    } catch (cause) {
      // It may still come: then it goes straight back.
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
      // Each that is destroyed is one less: a new one is trusted.
      if (trusted.has(connection.connection)) return connection
      connection.destroy()
    }
  }

  /** A connection on which anything but the server said no is destroyed, never reused: a late answer may still come on it. */
  const withConnection = async <Result>(
    work: (connection: PoolConnection) => Promise<Result>,
  ): Promise<Result> => {
    const connection = await acquire()
    let sound = false
    try {
      const result = await work(connection)
      sound = true
      return result
    } catch (cause) {
      if (isReadOnly(cause)) trusted = new WeakSet()
      else sound = isServerError(cause)
      throw cause
    } finally {
      if (sound) connection.release()
      else connection.destroy()
    }
  }

  const boundedPool = Object.create(pool, {
    query: {
      value: (query: { sql: string }, values: unknown[]) =>
        withConnection((connection) => ask(connection, { ...query, values }, queryTimeoutMs)),
    },
  }) as Pool

  const transaction: Database['transaction'] = async (work, { snapshot } = { snapshot: false }) => {
    try {
      return await withConnection(async (connection) => {
        const statements = bounded(connection, queryTimeoutMs)
        await statements.change(snapshot ? 'START TRANSACTION WITH CONSISTENT SNAPSHOT' : 'START TRANSACTION')
        try {
          const { commit, result } = await work(statements)
          await statements.change(commit ? 'COMMIT' : 'ROLLBACK')
          return result
        } catch (cause) {
          await statements.change('ROLLBACK').catch(() => connection.destroy())
          throw cause
        }
      })
    } catch (cause) {
      throw failureOf(cause)
    }
  }

  /** Not of the pool: whoever holds a lock needs the pool for its work, and would wait for others like it. */
  const connectAlone = async (timeoutMs: number): Promise<DedicatedConnection> => {
    const connection = await createConnection(connectionOptions)
    // A cut shows at the next statement; without a listener it would end the process.
    connection.on('error', () => undefined)
    return { ...bounded(connection, timeoutMs), destroy: () => connection.destroy() }
  }
  const lease = createLeased({ connect: connectAlone, queryTimeoutMs })
  const leased: Leased = async (names, waitSeconds, work) => {
    try {
      return await lease(names, waitSeconds, work)
    } catch (cause) {
      throw failureOf(cause)
    }
  }

  return { pool: boundedPool, transaction, leased, close: () => pool.end() }
}
