import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { startProcess } from '../../servers/processes/start-process.ts'
import { createOwnDatabase, type OwnDatabase } from '../../test/harness/servers/own-database.ts'
import { until } from '../../test/harness/values/until.ts'
import type { Connection } from './connection.ts'
import { connectDatabase, type Database } from './database.ts'

let own: OwnDatabase
let stranger: OwnDatabase
let database: Database
let other: Database
beforeAll(async () => {
  ;[own, stranger] = await Promise.all([
    createOwnDatabase({ isBare: true }),
    createOwnDatabase({ isBare: true }),
  ])
  const options = { url: own.url, connectionsMax: 1, queryTimeoutMs: 500 }
  ;[database, other] = [connectDatabase(options), connectDatabase(options)]
})
afterAll(async () => {
  await Promise.all([database.close(), other.close()])
  await Promise.all([own.close(), stranger.close()])
})

const heldBy = (of: Database, names: string[]): Promise<string[]> =>
  of.withLeases(names, 0, async (held) => [...held])

const one = async (connection: Connection) => ({
  commit: true,
  result: await connection.read('SELECT 1 AS one'),
})

test('a lock has one holder at a time, needs no connection of the pool, and ends with its holder', async () => {
  const [name, free] = [`test:${randomUUID()}`, `test:${randomUUID()}`]
  const held = await database.withLeases([name], 0, async (mine) => {
    const others = await heldBy(other, [name, free])
    return [[...mine], others, await database.transaction(one)]
  })
  expect(held).toEqual([[name], [free], [{ one: 1 }]])
  await expect(database.withLeases([name], 0, () => Promise.reject(new Error('gave up')))).rejects.toThrow(
    'gave up',
  )
  for (let turn = 0; turn < 100; turn += 1) expect(await heldBy(database, [name])).toEqual([name])
})

test('a caller that waits for a lock gets it when its holder releases it', async () => {
  const name = `test:${randomUUID()}`
  const second = await database.withLeases([name], 0, async () => ({
    waiting: other.withLeases([name], 20, async (held) => held.has(name)),
  }))
  expect(await second.waiting).toBe(true)
})

test('two databases on one server hold a lock of the same name at once', async () => {
  const name = `test:${randomUUID()}`
  const held = await database.withLeases([name], 0, async () => [
    await heldBy(stranger.database, [name]),
    await heldBy(other, [name]),
  ])
  expect(held).toEqual([[name], []])
})

test('a name of 47 characters is accepted; a longer one is refused before anything is locked', async () => {
  const longest = randomUUID().padEnd(47, 'x')
  expect(await heldBy(database, [longest])).toEqual([longest])
  await expect(heldBy(database, [longest, `${longest}x`])).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining(`${longest}x has 48`),
  })
})

test('a holder keeps its lock for as long as it works', async () => {
  const name = `test:${randomUUID()}`
  const startedAtMs = performance.now()
  await database.withLeases([name], 0, () =>
    until('two idle times have passed', async () => {
      expect(await heldBy(other, [name])).toEqual([])
      return performance.now() - startedAtMs > 2_500
    }),
  )
})

test('a process that is paused while it holds a lock loses it within twice the query timeout', async () => {
  const name = `test:${randomUUID()}`
  const script = `
    import { connectDatabase } from '${new URL('database.ts', import.meta.url).href}'
    const database = connectDatabase({ url: '${own.url}', connectionsMax: 1, queryTimeoutMs: 500 })
    await database.withLeases(['${name}'], 0, () => new Promise(() => {}))`
  const holder = await startProcess({
    name: 'holder',
    command: process.execPath,
    arguments: ['--input-type=module', '-e', script],
    folder: join(inject('folder'), name),
    stopWithinMs: 1_000,
    environment: { PATH: process.env['PATH'] },
  })
  await until('it has the lock', async () => (await heldBy(database, [name])).length === 0)
  process.kill(holder.pid, 'SIGSTOP')
  await until('another has it', async () => (await heldBy(database, [name])).length === 1, 5_000)
  holder.kill()
  await holder.exited
})
