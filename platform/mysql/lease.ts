import { Failure } from '../failure.ts'
import type { Connection } from './connection.ts'

/**
 * Takes those of the named locks (`GET_LOCK`) that are free within `waitSeconds` each, on one connection of its own, and holds
 * them while `work` runs. A cut connection, or a process that stands still for twice the time that a query may take, loses them,
 * and `work` is not told. A name counts within its database; one of more than 47 characters is `refused`.
 */
export type Leased = <Result>(
  names: readonly string[],
  waitSeconds: number,
  work: (held: ReadonlySet<string>) => Promise<Result>,
) => Promise<Result>

/** A connection that nobody else uses. */
export type DedicatedConnection = Connection & { destroy(): void }

export type LeaseOptions = {
  /** Makes a connection whose every statement is bounded by `timeoutMs`. */
  connect(timeoutMs: number): Promise<DedicatedConnection>
  queryTimeoutMs: number
}

/**
 * MySQL takes names of 64 characters. 17 say which database it is: without them deployments on one server wait for each other.
 * In lower case, because some servers take a database by its name in any case.
 */
const lockName = "CONCAT(LEFT(SHA2(LOWER(DATABASE()), 256), 16), ':', ?)"
const nameCharactersMax = 64 - 17

const refuseLongNames = (names: readonly string[]): void => {
  const long = names.find(({ length }) => length > nameCharactersMax)
  if (long !== undefined)
    throw new Failure(
      'refused',
      `the name of a lock has ${nameCharactersMax} characters at the most: ${long} has ${long.length}`,
    )
}

export const createLeased =
  ({ connect, queryTimeoutMs }: LeaseOptions): Leased =>
  async (names, waitSeconds, work) => {
    refuseLongNames(names)
    const connection = await connect(queryTimeoutMs + waitSeconds * 1_000)
    let alive: NodeJS.Timeout | undefined
    try {
      const held = new Set<string>()
      // The server's own patience with a silent holder is eight hours: a paused process would keep everybody out.
      await connection.change('SET SESSION wait_timeout = ?', [Math.ceil((2 * queryTimeoutMs) / 1_000)])
      alive = setInterval(() => void connection.read('SELECT 1').catch(() => undefined), queryTimeoutMs / 2)
      for (const name of names) {
        const [row] = await connection.read(`SELECT GET_LOCK(${lockName}, ?) AS held`, [name, waitSeconds])
        if (Number(row?.['held']) === 1) held.add(name)
      }
      return await work(held)
    } finally {
      clearInterval(alive)
      // They go with their connection too, but only once the server notes its end: till then the next one finds them held.
      await connection.read('SELECT RELEASE_ALL_LOCKS()').catch(() => undefined)
      connection.destroy()
    }
  }
