import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createOwnDatabase, type OwnDatabase } from '../../test/harness/servers/databases.ts'
import { createProxy, type Proxy } from '../../servers/network/proxy.ts'
import { Failure } from '../failure.ts'
import type { Connection } from './connection.ts'
import { connectDatabase, type Database } from './database.ts'

let own: OwnDatabase
let proxy: Proxy
beforeAll(async () => {
  own = await createOwnDatabase({ isBare: true })
  await own.change('CREATE TABLE notes (id INT PRIMARY KEY, word VARCHAR(4) NOT NULL)')
  const { hostname, port } = new URL(own.url)
  proxy = await createProxy({ host: hostname, port: Number(port) })
})
const opened: Database[] = []
afterEach(async () => {
  proxy.restore()
  proxy.release()
  await Promise.all(opened.splice(0).map((database) => database.close()))
  await own.change('DELETE FROM notes')
})
afterAll(async () => {
  await proxy.close()
  await own.close()
})

/** Through the proxy, with one connection and little patience. */
const connect = (changes: { connectionsMax?: number; queryTimeoutMs?: number } = {}): Database => {
  const url = new URL(own.url)
  url.hostname = '127.0.0.1'
  url.port = String(proxy.port)
  const database = connectDatabase({ url: url.href, connectionsMax: 1, queryTimeoutMs: 300, ...changes })
  opened.push(database)
  return database
}
const asking = (database: Database, sql: string): Promise<Record<string, unknown>[]> =>
  database.transaction(async (connection) => ({ commit: true, result: await connection.read(sql) }))
const wordsOf = async (): Promise<unknown[]> =>
  (await own.rows('SELECT word FROM notes ORDER BY id')).map(({ word }) => word)
const insert = (connection: Connection, id: number, word: string) =>
  connection.change('INSERT INTO notes VALUES (?, ?)', [id, word])
const connectionOf = async (database: Database): Promise<number> =>
  Number((await asking(database, 'SELECT CONNECTION_ID() AS id'))[0]?.['id'])
const unavailable = { code: 'unavailable' }

test.each<[string, (database: Database, sql: string) => Promise<unknown>]>([
  ['of a transaction', asking],
  ['of the pool', async (database, sql) => ((await database.pool.query({ sql }, [])) as unknown[])[0]],
])('a query %s that took too long never gives its late answer to the next caller', async (_, ask) => {
  const database = connect()
  const first = await connectionOf(database)
  proxy.hold('answers')
  await expect(ask(database, "SELECT 'late' AS word")).rejects.toThrow('no answer within 300 ms')
  proxy.release()
  expect(await ask(database, "SELECT 'mine' AS word")).toEqual([{ word: 'mine' }])
  expect(await connectionOf(database)).not.toBe(first)
})

test.each([
  ['before anybody is connected', async (_: Database) => proxy.hold()],
  [
    'when a connection was just made',
    (database: Database) => void database.pool.on('connection', () => proxy.hold('answers')),
  ],
  [
    'when a connection is idle',
    async (database: Database) => connectionOf(database).then(() => proxy.hold()),
  ],
])('a server that stands still %s is given up, while it still stands', async (_, stand) => {
  const database = connect()
  await stand(database)
  await expect(asking(database, 'SELECT 1')).rejects.toMatchObject(unavailable)
})

test('a server that stands still in the middle of a transaction is given up at once, and nothing was done', async () => {
  const database = connect()
  const work = database.transaction(async (connection) => {
    await insert(connection, 1, 'one')
    proxy.hold()
    await insert(connection, 2, 'two')
    return { commit: true, result: undefined }
  })
  await expect(work).rejects.toMatchObject(unavailable)
  proxy.cut()
  proxy.release()
  expect(await wordsOf()).toEqual([])
})

test('a connection that breaks, idle or in use, costs the caller an error and the process nothing', async () => {
  const database = connect()
  await connectionOf(database)
  proxy.cut()
  await expect(asking(database, 'SELECT 1')).rejects.toMatchObject(unavailable)
  proxy.restore()
  const broken = database.transaction(async (connection) => {
    proxy.cut()
    return { commit: true, result: await connection.read('SELECT 1') }
  })
  await expect(broken).rejects.toMatchObject(unavailable)
  proxy.restore()
  expect(await asking(database, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('whoever gets no connection in time is told so, and the next one does', async () => {
  const database = connect()
  const free = Promise.withResolvers<void>()
  const taken = Promise.withResolvers<void>()
  const long = database.transaction(async () => {
    taken.resolve()
    await free.promise
    return { commit: true, result: 'long' }
  })
  await taken.promise
  await expect(asking(database, 'SELECT 1')).rejects.toThrow('no connection within 300 ms')
  free.resolve()
  expect(await long).toBe('long')
  expect(await asking(database, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('a transaction commits when its work says so, and not when it does not, or throws', async () => {
  const database = connect()
  const cause = new Failure('refused', 'no')
  const works = [
    database.transaction(async (connection) => ({
      commit: true,
      result: await insert(connection, 1, 'yes'),
    })),
    database.transaction(async (connection) => ({
      commit: false,
      result: await insert(connection, 2, 'no'),
    })),
    database.transaction(async (connection) => {
      await insert(connection, 3, 'no')
      throw cause
    }),
  ]
  expect(await Promise.allSettled(works)).toMatchObject([{ value: 1 }, { value: 1 }, { reason: cause }])
  expect(await wordsOf()).toEqual(['yes'])
})

test('what the server refuses is unavailable with its number, rolls back, and leaves the connection usable', async () => {
  const database = connect()
  const before = await connectionOf(database)
  for (const [id, word, number] of [
    [1, 'again', 1406],
    [7, 'twin', 1062],
  ] as const) {
    const work = database.transaction(async (connection) => {
      await insert(connection, 7, 'one')
      return { commit: true, result: await insert(connection, id, word) }
    })
    await expect(work).rejects.toMatchObject({ ...unavailable, cause: { errno: number } })
  }
  expect([await wordsOf(), await connectionOf(database)]).toEqual([[], before])
})

test('a change that changes nothing counts 0, and a snapshot sees what was there at its first moment', async () => {
  const database = connect()
  await own.change("INSERT INTO notes VALUES (1, 'one')")
  const counted = await database.transaction(
    async (connection) => {
      await own.change("INSERT INTO notes VALUES (2, 'two')")
      const same = await connection.change(
        "INSERT INTO notes VALUES (1, 'x') ON DUPLICATE KEY UPDATE word = notes.word",
      )
      return { commit: true, result: [same, await connection.read('SELECT word FROM notes')] }
    },
    { snapshot: true },
  )
  expect(counted).toEqual([0, [{ word: 'one' }]])
})
