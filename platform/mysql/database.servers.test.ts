import { tracingChannel } from 'node:diagnostics_channel'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openProxiedDatabase, type ProxiedDatabase } from '../../test/harness/servers/proxied-databases.ts'
import type { SqlReader } from './connection.ts'
import type { Database } from './database.ts'

let place: ProxiedDatabase
beforeAll(async () => {
  place = await openProxiedDatabase()
})
afterEach(() => place.reset())
afterAll(() => place.close())

/** Reads in a transaction. */
const within = (database: Database): SqlReader => ({
  read: (sql, values) =>
    database.transaction(async (connection) => ({
      commit: true,
      result: await connection.read(sql, values),
    })),
})
const connectionOf = async (source: SqlReader): Promise<number> =>
  Number((await source.read('SELECT CONNECTION_ID() AS id'))[0]?.['id'])
const unavailable = { code: 'unavailable' }
const transactionOrPool: [string, (database: Database) => SqlReader][] = [
  ['in a transaction', within],
  ['on the pool', (database) => database],
]

describe.each(transactionOrPool)('a read %s', (_, sourceOf) => {
  test('whose answer is late never passes it to the next caller', async () => {
    const source = sourceOf(place.connect())
    const first = await connectionOf(source)
    place.proxy.hold('answers')
    await expect(source.read("SELECT 'late' AS word")).rejects.toThrow('no answer within 300 ms')
    place.proxy.release()
    expect(await source.read("SELECT 'mine' AS word")).toEqual([{ word: 'mine' }])
    expect(await connectionOf(source)).not.toBe(first)
  })

  test.each([
    ['before anything is connected', async () => place.proxy.hold()],
    [
      'just after a connection was made',
      () => {
        const connecting = tracingChannel('mysql2:connect')
        const hold = (): void => {
          connecting.asyncEnd.unsubscribe(hold)
          place.proxy.hold('answers')
        }
        connecting.asyncEnd.subscribe(hold)
      },
    ],
    [
      'while a connection is idle',
      async (source: SqlReader) => connectionOf(source).then(() => place.proxy.hold()),
    ],
  ])('rejects in time when the server stalls %s', async (_when, stall) => {
    const source = sourceOf(place.connect())
    await stall(source)
    await expect(source.read('SELECT 1')).rejects.toMatchObject(unavailable)
  })

  test('rejects when its idle connection breaks, and the next read succeeds', async () => {
    const source = sourceOf(place.connect())
    await connectionOf(source)
    place.proxy.cut()
    await expect(source.read('SELECT 1')).rejects.toMatchObject(unavailable)
    place.proxy.restore()
    expect(await source.read('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('rejects when no connection is free in time, and the next read gets one', async () => {
    const database = place.connect()
    const source = sourceOf(database)
    const free = Promise.withResolvers<void>()
    const taken = Promise.withResolvers<void>()
    const long = database.transaction(async () => {
      taken.resolve()
      await free.promise
      return { commit: true, result: 'long' }
    })
    await taken.promise
    await expect(source.read('SELECT 1')).rejects.toThrow('no connection within 300 ms')
    free.resolve()
    expect(await long).toBe('long')
    expect(await source.read('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('that the server rejects is unavailable with its number and keeps the connection', async () => {
    const source = sourceOf(place.connect())
    const before = await connectionOf(source)
    await expect(source.read('SELECT * FROM gone')).rejects.toMatchObject({
      ...unavailable,
      cause: { errno: 1146 },
    })
    expect(await connectionOf(source)).toBe(before)
  })
})

test('a change on the pool commits by itself and counts the rows that it changed', async () => {
  const database = place.connect()
  expect(await database.change("INSERT INTO notes VALUES (1, 'one')")).toBe(1)
  const again = "INSERT INTO notes VALUES (1, 'x'), (2, 'two') ON DUPLICATE KEY UPDATE word = notes.word"
  expect(await database.change(again)).toBe(1)
  await expect(database.change("INSERT INTO notes VALUES (1, 'twin')")).rejects.toMatchObject({
    ...unavailable,
    cause: { errno: 1062 },
  })
  expect(await place.words()).toEqual(['one', 'two'])
})

test('a list of values fills IN (?), and an id compares by its bytes', async () => {
  const id = Buffer.from('00ff27', 'hex')
  expect(await place.own.database.read('SELECT ? IN (?) AS found', [id, [Buffer.alloc(3), id]])).toEqual([
    { found: 1 },
  ])
})
