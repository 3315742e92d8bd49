import { readMigrationFiles } from 'drizzle-orm/migrator'
import { expect, test } from 'vitest'
import { createOwnDatabase, type OwnDatabase } from '../test/harness/servers/own-database.ts'
import { migrateTables } from './migrate.ts'

const files = readMigrationFiles({ migrationsFolder: import.meta.dirname }).map(({ sql }) => sql)

/** Columns and keys of every table, as text. */
const shapeOf = async ({ rows }: OwnDatabase): Promise<string> => {
  const columns = await rows(
    `SELECT table_name, column_name, column_type, is_nullable, collation_name FROM information_schema.columns
     WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position`,
  )
  const keys = await rows(
    `SELECT table_name, index_name, non_unique, seq_in_index, column_name FROM information_schema.statistics
     WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index`,
  )
  return JSON.stringify([columns, keys])
}

const onBareDatabase = async <Result>(work: (own: OwnDatabase) => Promise<Result>): Promise<Result> => {
  const own = await createOwnDatabase({ isBare: true })
  try {
    return await work(own)
  } finally {
    await own.close()
  }
}

/** The tables after a migration died behind this statement of this file, and another one ran. */
const shapeAfterDeath = (file: number, statement: number): Promise<string> =>
  onBareDatabase(async (own) => {
    // The bare `migrateTables` of an older version, which had the files before this one.
    await migrateTables(own.database)
    await own.change('DELETE FROM __drizzle_migrations WHERE id > ?', [file])
    const tables = await own.rows(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name <> '__drizzle_migrations'",
    )
    for (const { name } of tables) await own.change(`DROP TABLE \`${String(name)}\``)
    for (const sql of [...files.slice(0, file).flat(), ...(files[file] ?? []).slice(0, statement)])
      await own.change(sql)
    await migrateTables(own.database)
    return shapeOf(own)
  })

/** Each death has a database of its own, with every statement twice. */
const deathsTimeoutMs = 10_000 * files.flat().length

test(
  'a migration that was killed behind any statement is finished by running it again',
  async () => {
    const whole = await onBareDatabase(async (own) => {
      await migrateTables(own.database)
      return shapeOf(own)
    })
    for (const [file, statements] of files.entries())
      for (let statement = 1; statement <= statements.length; statement += 1)
        expect([file, statement, await shapeAfterDeath(file, statement)]).toEqual([file, statement, whole])
  },
  deathsTimeoutMs,
)

test('a table of somebody else is refused in the words of the database', async () => {
  await onBareDatabase(async (own) => {
    await own.change('CREATE TABLE coupons (id INT PRIMARY KEY)')
    await expect(migrateTables(own.database)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining("'coupons' already exists") as string,
    })
  })
})
