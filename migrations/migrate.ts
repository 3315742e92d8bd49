import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/mysql2'
import { migrate } from 'drizzle-orm/mysql2/migrator'
import { Failure } from '../platform/failure.ts'
import type { Topics } from '../platform/kafka-topics.ts'
import type { Database } from '../platform/mysql.ts'
import { deadLettersTopic, grantsTopic } from '../coupon/grant.ts'

const migrationsFolder = new URL('.', import.meta.url).pathname
const dayMs = 86_400_000

/**
 * Brings the tables to the newest shape; returns how many SQL files there are.
 * One step under `GET_LOCK`: four concurrent drizzle migrations gave three failures.
 */
export const migrateTables = async (database: Database): Promise<number> => {
  const db = drizzle({ client: database.pool })
  await database.leased(['fc:migrate'], 30, async (held) => {
    if (held.size === 0)
      throw new Failure('unavailable', 'another migration of this database holds its lock beyond 30 s', {
        retryable: true,
      })
    await migrate(db, { migrationsFolder })
  })
  return readMigrationFiles({ migrationsFolder }).length
}

export type TopicOptions = { grantsPartitions: number; replicationFactor: number; minInsyncReplicas: number }

/** Creates the topics that are missing and returns their names. What is there is left as it is. */
export const createGrantTopics = (topics: Topics, options: TopicOptions): Promise<string[]> => {
  const { replicationFactor } = options
  const durable = {
    'min.insync.replicas': String(options.minInsyncReplicas),
    'unclean.leader.election.enable': 'false',
    'cleanup.policy': 'delete',
    'retention.bytes': '-1',
  }
  return topics.create([
    {
      topic: grantsTopic,
      partitions: options.grantsPartitions,
      replicationFactor,
      settings: {
        ...durable,
        'retention.ms': String(7 * dayMs),
        'message.timestamp.type': 'LogAppendTime',
      },
    },
    {
      topic: deadLettersTopic,
      partitions: 3,
      replicationFactor,
      // A dead letter is its record and headers: it has to fit even when the record is as large as Kafka lets one be (1 MB).
      settings: { ...durable, 'retention.ms': String(30 * dayMs), 'max.message.bytes': '2097152' },
    },
  ])
}
