import { Failure } from '../failure.ts'
import type { Connection } from './connection.ts'

/**
 * Takes those of the named locks (`GET_LOCK`) that come free within `waitSeconds` each, and holds them while
 * `work` runs. `work` gets the names that are held. The locks live on a dedicated connection. They are lost,
 * without notice to `work`, when that connection breaks or the process is stalled for twice the query
 * timeout. A name counts within its database. Rejects `refused` for a name of more than 47 characters, else
 * `unavailable`.
 */
export type WithLeases = <Result>(
  names: readonly string[],
  waitSeconds: number,
  work: (held: ReadonlySet<string>) => Promise<Result>,
) => Promise<Result>

/** A connection outside the pool. */
export type DedicatedConnection = Connection & { destroy(): void }

export type LeaseOptions = {
  /** Opens a connection whose every statement is bounded by `timeoutMs`. */
  connect(timeoutMs: number): Promise<DedicatedConnection>
  queryTimeoutMs: number
}

/**
 * MySQL allows 64 characters. The first 17 name the database: without them, deployments on one server would
 * share locks. In lower case, because some servers accept a database name in any case.
 */
const lockName = "CONCAT(LEFT(SHA2(LOWER(DATABASE()), 256), 16), ':', ?)"
const nameCharactersMax = 64 - 17

const refuseLongNames = (names: readonly string[]): void => {
  const long = names.find(({ length }) => length > nameCharactersMax)
  if (long !== undefined)
    throw new Failure(
      'refused',
      `the name of a lock has at most ${nameCharactersMax} characters: ${long} has ${long.length}`,
    )
}

export const createWithLeases =
  ({ connect, queryTimeoutMs }: LeaseOptions): WithLeases =>
  async (names, waitSeconds, work) => {
    refuseLongNames(names)
    const connection = await connect(queryTimeoutMs + waitSeconds * 1_000)
    let heartbeat: NodeJS.Timeout | undefined
    try {
      const held = new Set<string>()
      // By default the server waits eight hours for a silent client: a paused process would block all others.
      await connection.change('SET SESSION wait_timeout = ?', [Math.ceil((2 * queryTimeoutMs) / 1_000)])
      heartbeat = setInterval(
        () => void connection.read('SELECT 1').catch(() => undefined),
        queryTimeoutMs / 2,
      )
      for (const name of names) {
        const [row] = await connection.read(`SELECT GET_LOCK(${lockName}, ?) AS held`, [name, waitSeconds])
        if (Number(row?.['held']) === 1) held.add(name)
      }
      return await work(held)
    } finally {
      clearInterval(heartbeat)
      // The server also frees them when the connection ends, but only once it notices: until then others find
      // them held.
      await connection.read('SELECT RELEASE_ALL_LOCKS()').catch(() => undefined)
      connection.destroy()
    }
  }
