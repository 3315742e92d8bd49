import { defineCommand } from '../platform/command.ts'
import { createKafka } from '../platform/kafka/client.ts'
import { createTopicAdmin } from '../platform/kafka/topic-admin.ts'
import { createLogger } from '../platform/log/logger.ts'
import { connectDatabase } from '../platform/mysql/database.ts'
import { createGrantTopics, migrateTables } from './migrate.ts'
import { migrateSettings } from './settings.ts'

/** Brings tables and topics to the shape that this version needs. */
export const migrateCommand = defineCommand({
  name: 'npm run migrate --',
  summary:
    'Creates or updates the tables, and creates the topics that do not exist. It may run again at any time.',
  options: {},
  settings: migrateSettings,
  exitCodes: { migrated: [0, 'tables and topics are as this version needs them'] },
  async run(_, { settings, print }) {
    const database = connectDatabase({
      url: settings.DATABASE_URL,
      connectionsMax: 2,
      queryTimeoutMs: 600_000,
    })
    const topics = createTopicAdmin(
      createKafka({
        brokers: settings.KAFKA_BROKERS,
        clientId: 'firstcome-migrate',
        log: createLogger('migrate', 'silent'),
        requestTimeoutMs: 30_000,
      }),
    )
    try {
      const migrations = await migrateTables(database)
      const created = await createGrantTopics(topics, {
        grantsPartitions: settings.GRANTS_PARTITIONS,
        replicationFactor: settings.TOPIC_REPLICATION_FACTOR,
        minInsyncReplicas: settings.TOPIC_MIN_INSYNC_REPLICAS,
      })
      await print({
        text: `${migrations} migrations are applied; topics created: ${created.join(', ') || 'none'}\n`,
        json: { migrations, topicsCreated: created },
      })
      return 'migrated'
    } finally {
      await topics.close()
      await database.close()
    }
  },
})
