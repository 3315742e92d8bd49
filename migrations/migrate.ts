import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/mysql-proxy'
import { migrate } from 'drizzle-orm/mysql-proxy/migrator'
import { describeStrangers } from '../coupon/deployment/identity.ts'
import { createLedgerId, readLedgerId } from '../coupon/deployment/ledger-id.ts'
import { deploymentTopicShape, readLogId, writeLogId } from '../coupon/deployment/log-id.ts'
import { grantTopicShapes, type TopicOptions } from '../coupon/log/topics.ts'
import { backoff } from '../platform/backoff.ts'
import { Failure } from '../platform/failure.ts'
import type { Producer } from '../platform/kafka/producer.ts'
import type { TopicAdmin } from '../platform/kafka/topic-admin.ts'
import type { TopicReader } from '../platform/kafka/topic-reader.ts'
import type { Database } from '../platform/mysql/database.ts'
import { applyStatements } from './apply-statements.ts'

const migrationsFolder = import.meta.dirname

/**
 * Applies the SQL files that this database does not have yet; returns how many files exist. Rejects
 * `unavailable` when another migration holds the lock for 30 s. Migrations run one at a time: of four at
 * once, drizzle failed three. A migration that was killed half way is finished by the next one.
 */
export const migrateTables = async (database: Database): Promise<number> => {
  const db = drizzle(async (sql, values, method) => ({
    rows:
      method === 'all'
        ? (await database.read(sql, values)).map((row) => Object.values(row))
        : [{ affectedRows: await database.change(sql, values) }],
  }))
  await database.withLeases(['fc:migrate'], 30, async (held) => {
    if (held.size === 0)
      throw new Failure('unavailable', 'another migration of this database has held its lock for 30 s')
    await migrate(db, (statements) => applyStatements(database, statements), { migrationsFolder })
  })
  return readMigrationFiles({ migrationsFolder }).length
}

/** Creates the topics that are missing and returns their names. Existing topics stay as they are. */
export const createTopics = (topics: TopicAdmin, options: TopicOptions): Promise<string[]> =>
  topics.create([...grantTopicShapes(options), deploymentTopicShape(options)])

/**
 * Rejects `refused` when this Kafka already belongs to another deployment than this database. A database
 * without tables belongs to nobody yet: it may only be joined with a Kafka that belongs to nobody either.
 */
export const refuseStrangers = async (
  database: Database,
  topics: TopicAdmin,
  reader: TopicReader,
): Promise<void> => {
  const [ledgerId, logId] = await Promise.all([readLedgerId(database), readLogId(topics, reader)])
  if (logId === undefined || logId === ledgerId) return
  throw new Failure(
    'refused',
    ledgerId === undefined
      ? `Kafka (KAFKA_BROKERS) belongs to deployment ${logId}, and the database (DATABASE_URL) to none: ` +
          'point DATABASE_URL at the database of that deployment; nothing was changed'
      : `${describeStrangers(
          new Map([
            ['database', ledgerId],
            ['Kafka', logId],
          ]),
        )}`,
  )
}

const identityAttemptsMax = 12

/**
 * Gives database and log the identity of a deployment: a new one, or the one that the database has. Both
 * carry it afterwards. Returns it. Rejects `unavailable` when a server does not answer; it may be repeated.
 */
export const createIdentity = async (options: {
  database: Database
  topics: TopicAdmin
  reader: TopicReader
  producer: Producer
  newId(): string
  now(): number
}): Promise<string> => {
  const { database, topics, reader, producer } = options
  const id = await createLedgerId(database, options.newId(), options.now())
  for (let attempt = 1; ; attempt += 1) {
    try {
      if ((await readLogId(topics, reader)) === undefined) await writeLogId(producer, id)
      return id
    } catch (cause) {
      // Right after its creation a broker may not know yet that it leads the partition.
      if (attempt === identityAttemptsMax) throw cause
    }
    await backoff(attempt, 50, 1_000)
  }
}
