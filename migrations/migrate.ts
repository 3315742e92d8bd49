import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/mysql2'
import { migrate } from 'drizzle-orm/mysql2/migrator'
import { Failure } from '../platform/failure.ts'
import type { TopicAdmin } from '../platform/kafka/topic-admin.ts'
import type { Database } from '../platform/mysql/database.ts'
import { grantTopicShapes, type TopicOptions } from '../coupon/log/topics.ts'

const migrationsFolder = new URL('.', import.meta.url).pathname

/**
 * Brings the tables to the newest shape; returns how many SQL files there are.
 * One step under `GET_LOCK`: four concurrent drizzle migrations gave three failures.
 */
export const migrateTables = async (database: Database): Promise<number> => {
  const db = drizzle({ client: database.pool })
  await database.leased(['fc:migrate'], 30, async (held) => {
    if (held.size === 0)
      throw new Failure('unavailable', 'another migration of this database holds its lock beyond 30 s')
    await migrate(db, { migrationsFolder })
  })
  return readMigrationFiles({ migrationsFolder }).length
}

/** Creates the topics that are missing and returns their names. What is there is left as it is. */
export const createGrantTopics = (topics: TopicAdmin, options: TopicOptions): Promise<string[]> =>
  topics.create(grantTopicShapes(options))
