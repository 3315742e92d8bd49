import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/mysql-proxy'
import { migrate } from 'drizzle-orm/mysql-proxy/migrator'
import { grantTopicShapes, type TopicOptions } from '../coupon/log/topics.ts'
import { Failure } from '../platform/failure.ts'
import type { TopicAdmin } from '../platform/kafka/topic-admin.ts'
import type { Database } from '../platform/mysql/database.ts'

const migrationsFolder = new URL('.', import.meta.url).pathname

/**
 * Applies the SQL files that this database does not have yet; returns how many files exist. Rejects `unavailable` when
 * another migration holds the lock for 30 s. Migrations run one at a time: of four at once, drizzle failed three.
 */
export const migrateTables = async (database: Database): Promise<number> => {
  const db = drizzle(async (sql, values, method) => ({
    rows:
      method === 'all'
        ? (await database.read(sql, values)).map((row) => Object.values(row))
        : [{ affectedRows: await database.change(sql, values) }],
  }))
  const applyAll = async (statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await database.change(statement)
  }
  await database.withLeases(['fc:migrate'], 30, async (held) => {
    if (held.size === 0)
      throw new Failure('unavailable', 'another migration of this database has held its lock for 30 s')
    await migrate(db, applyAll, { migrationsFolder })
  })
  return readMigrationFiles({ migrationsFolder }).length
}

/** Creates the topics that are missing and returns their names. Existing topics stay as they are. */
export const createGrantTopics = (topics: TopicAdmin, options: TopicOptions): Promise<string[]> =>
  topics.create(grantTopicShapes(options))
