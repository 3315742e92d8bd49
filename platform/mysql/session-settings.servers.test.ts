import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { findFreePort } from '../../servers/ports.ts'
import { type DatabaseServer, startDatabase } from '../../servers/start-database.ts'
import { connectDatabase, type Database } from './database.ts'

let server: DatabaseServer
/** May set what is global. It connects through the socket alone. */
let root: Database
beforeAll(async () => {
  server = await startDatabase({
    folder: join(inject('folder'), `database-${randomUUID()}`),
    port: await findFreePort(),
    // MySQL 9 has no such option any more.
    extraArguments: ['--innodb-buffer-pool-size=64M', '--loose-skip-character-set-client-handshake'],
  })
  const probe = connectDatabase({ url: server.url, connectionsMax: 1, queryTimeoutMs: 5_000 })
  const [row] = await probe.read('SELECT @@socket AS socket')
  await probe.close()
  const url = new URL(server.url)
  url.username = 'root'
  url.searchParams.set('socketPath', String(row?.['socket']))
  root = connectDatabase({ url: url.href, connectionsMax: 1, queryTimeoutMs: 5_000 })
  await root.change(
    'CREATE TABLE notes (id INT PRIMARY KEY, word VARCHAR(4) CHARACTER SET utf8mb4, times INT NOT NULL DEFAULT 0)',
  )
})
afterAll(async () => {
  await root.close()
  await server.stop()
})
beforeEach(async () => {
  await root.change('DELETE FROM notes')
  await root.change("INSERT INTO notes (id, word) VALUES (1, 'one'), (2, 'two'), (3, 'tri')")
})

const count = async (database: Database): Promise<number> =>
  Number((await database.read('SELECT COUNT(*) AS found FROM notes'))[0]?.['found'])
const addRow = 'INSERT INTO notes (id) VALUES (4)'

/** A default that somebody sets, and what a process does all the same. */
const defaults: [
  variable: string,
  value: string,
  promise: string,
  holds: (own: Database) => Promise<void>,
][] = [
  [
    'autocommit',
    '0',
    'a read sees what was stored since the read before it',
    async (own) => {
      expect(await count(own)).toBe(3)
      await root.change(addRow)
      expect(await count(own)).toBe(4)
    },
  ],
  [
    'autocommit',
    '0',
    'a change is stored for everybody',
    async (own) => {
      await own.change(addRow)
      expect(await count(root)).toBe(4)
    },
  ],
  [
    'completion_type',
    '1',
    'after a transaction a read sees what was stored since',
    async (own) => {
      await own.transaction(async (connection) => ({ commit: true, result: await connection.change(addRow) }))
      expect(await count(own)).toBe(4)
      await root.change('DELETE FROM notes')
      expect(await count(own)).toBe(0)
    },
  ],
  [
    'sql_select_limit',
    '1',
    'a read returns all of its rows',
    async (own) => expect(await own.read('SELECT id FROM notes')).toHaveLength(3),
  ],
  [
    'max_join_size',
    '1',
    'a read that looks at many rows is answered',
    async (own) => expect(await own.read('SELECT a.id FROM notes a, notes b')).toHaveLength(9),
  ],
  [
    'max_statement_time',
    '0.05',
    'a slow read is answered',
    async (own) => expect(await own.read('SELECT SLEEP(0.2) AS slept')).toEqual([{ slept: 0 }]),
  ],
  ['tx_read_only', '1', 'a change is accepted', async (own) => expect(await own.change(addRow)).toBe(1)],
  [
    'tx_isolation',
    "'READ-COMMITTED'",
    'a snapshot stays as it was at its start',
    async (own) => {
      const seen = await own.transaction(async (connection) => {
        const rows = (): Promise<unknown[]> => connection.read('SELECT id FROM notes')
        const before = await rows()
        await root.change(addRow)
        return { commit: true, result: [before.length, (await rows()).length] }
      })
      expect(seen).toEqual([3, 3])
    },
  ],
  [
    'sql_mode',
    "''",
    'a value that does not fit is refused',
    async (own) =>
      expect(own.change("INSERT INTO notes (id, word) VALUES (4, 'longer')")).rejects.toMatchObject({
        cause: { errno: 1406 },
      }),
  ],
  [
    'sql_safe_updates',
    '1',
    'an update without a key is accepted',
    async (own) => expect(await own.change('UPDATE notes SET times = 1')).toBe(3),
  ],
  [
    'unique_checks',
    '0',
    'unique keys are checked',
    async (own) => expect(await own.read('SELECT @@unique_checks AS checks')).toEqual([{ checks: 1 }]),
  ],
  [
    'time_zone',
    "'+09:00'",
    'a time is read in UTC',
    async (own) =>
      // Not of 0, which MariaDB 11 answers with null.
      expect(await own.read('SELECT CAST(FROM_UNIXTIME(1) AS CHAR) AS time')).toEqual([
        { time: '1970-01-01 00:00:01' },
      ]),
  ],
  [
    'default_storage_engine',
    'MyISAM',
    'a new table has transactions',
    async (own) => {
      await own.change('CREATE TABLE newer (id INT PRIMARY KEY)')
      const tables = await own.read("SHOW TABLE STATUS LIKE 'newer'")
      await own.change('DROP TABLE newer')
      expect(tables).toMatchObject([{ Engine: 'InnoDB' }])
    },
  ],
  [
    'character_set_server',
    'latin1',
    'text in any language is stored as it is, also without a handshake',
    async (own) => {
      await own.change('INSERT INTO notes (id, word) VALUES (4, ?)', ['한글 ✓'])
      expect(await own.read('SELECT HEX(word) AS bytes, word FROM notes WHERE id = 4')).toEqual([
        { bytes: Buffer.from('한글 ✓').toString('hex').toUpperCase(), word: '한글 ✓' },
      ])
    },
  ],
]

/** What MySQL calls the variables that have another name there, with a value that does the same. */
const inMysql: Record<string, [variable: string, value: string]> = {
  max_statement_time: ['max_execution_time', '50'],
  tx_read_only: ['transaction_read_only', '1'],
  tx_isolation: ['transaction_isolation', "'READ-COMMITTED'"],
}

/** MySQL takes no text for a number. */
const literal = (text: string): string => (/^[\d.]+$/.test(text) ? text : `'${text}'`)

test.each(defaults)('with SET GLOBAL %s = %s %s', async (...[name, given, , expectHolds]) => {
  const [{ version } = {}] = await root.read('SELECT VERSION() AS version')
  const [variable, value] =
    (String(version).includes('MariaDB') ? undefined : inMysql[name]) ?? ([name, given] as const)
  // As text: 18446744073709551615 is no number of JavaScript.
  const [before] = await root.read(`SELECT CAST(@@GLOBAL.${variable} AS CHAR) AS value`)
  await root.change(`SET GLOBAL ${variable} = ${value}`)
  const own = connectDatabase({ url: server.url, connectionsMax: 1, queryTimeoutMs: 5_000 })
  try {
    await expectHolds(own)
  } finally {
    await own.close()
    await root.change(`SET GLOBAL ${variable} = ${literal(String(before?.['value']))}`)
  }
})
