import type { Database } from '../platform/mysql/database.ts'
import { serverErrorNumber } from '../platform/mysql/errors.ts'

/** 1050 table exists, 1060 duplicate column, 1061 duplicate key name, 1091 nothing to drop. */
const alreadySoNumbers: readonly unknown[] = [1050, 1060, 1061, 1091]

/** The table that a statement creates, and its columns; `undefined` for any other statement. */
const createdTable = (statement: string): { name: string; columns: string[] } | undefined => {
  const name = /^\s*CREATE TABLE `(\w+)`/.exec(statement)?.[1]
  const columns = [...statement.matchAll(/^\s+`(\w+)` /gm)].map((match) => match[1] ?? '')
  return name === undefined ? undefined : { name, columns }
}

/** Whether a table that exists has every column of the statement: a table of somebody else has not. */
const isCreatedTable = async (database: Database, statement: string): Promise<boolean> => {
  const table = createdTable(statement)
  if (table === undefined) return true
  const rows = await database.read(
    `SELECT column_name AS name FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = ?`,
    [table.name],
  )
  const found = new Set(rows.map((row) => String(row['name'])))
  return table.columns.every((column) => found.has(column))
}

/**
 * Runs the statements of migrations that are not recorded yet. Each commits by itself, so a migration that
 * was killed has left its first statements behind: what they did already is passed over. Any other error
 * rejects in the words of the database.
 */
export const applyStatements = async (database: Database, statements: readonly string[]): Promise<void> => {
  for (const statement of statements)
    try {
      await database.change(statement)
    } catch (cause) {
      // safeguard: a migration goes on after what it did before
      if (alreadySoNumbers.includes(serverErrorNumber(cause)) && (await isCreatedTable(database, statement)))
        continue
      throw cause
    }
}
