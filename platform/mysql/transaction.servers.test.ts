import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openProxiedDatabase, type ProxiedDatabase } from '../../test/harness/servers/proxied-databases.ts'
import { Failure } from '../failure.ts'
import type { Connection } from './connection.ts'
import type { Database } from './database.ts'

let place: ProxiedDatabase
beforeAll(async () => {
  place = await openProxiedDatabase()
})
afterEach(() => place.reset())
afterAll(() => place.close())

const insert = (connection: Connection, id: number, word: string) =>
  connection.change('INSERT INTO notes VALUES (?, ?)', [id, word])
const connectionOf = async (database: Database): Promise<number> =>
  Number((await database.read('SELECT CONNECTION_ID() AS id'))[0]?.['id'])
const unavailable = { code: 'unavailable' }

test('a transaction commits when its work says so, and rolls back when it does not or throws', async () => {
  const database = place.connect()
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
  expect(await place.words()).toEqual(['yes'])
})

test('a transaction whose server stalls in the middle rejects at once, and nothing was done', async () => {
  const database = place.connect()
  const work = database.transaction(async (connection) => {
    await insert(connection, 1, 'one')
    place.proxy.hold()
    await insert(connection, 2, 'two')
    return { commit: true, result: undefined }
  })
  await expect(work).rejects.toMatchObject(unavailable)
  place.proxy.cut()
  place.proxy.release()
  expect(await place.words()).toEqual([])
})

test('a transaction whose connection breaks rejects, and the next one succeeds', async () => {
  const database = place.connect()
  const broken = database.transaction(async (connection) => {
    place.proxy.cut()
    return { commit: true, result: await connection.read('SELECT 1') }
  })
  await expect(broken).rejects.toMatchObject(unavailable)
  place.proxy.restore()
  expect(await database.read('SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('a transaction with a statement that the server rejects rolls back and keeps its connection', async () => {
  const database = place.connect()
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
  expect([await place.words(), await connectionOf(database)]).toEqual([[], before])
})

test('a transaction with a snapshot reads the database as of its start, and a no-op update counts 0', async () => {
  const database = place.connect()
  await place.own.change("INSERT INTO notes VALUES (1, 'one')")
  const counted = await database.transaction(
    async (connection) => {
      await place.own.change("INSERT INTO notes VALUES (2, 'two')")
      const same = await connection.change(
        "INSERT INTO notes VALUES (1, 'x') ON DUPLICATE KEY UPDATE word = notes.word",
      )
      return { commit: true, result: [same, await connection.read('SELECT word FROM notes')] }
    },
    { snapshot: true },
  )
  expect(counted).toEqual([0, [{ word: 'one' }]])
})
