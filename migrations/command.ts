import { randomUUIDv7 } from 'node:crypto'
import { grantTopicShapes } from '../coupon/log/topics.ts'
import { canKeepSetting } from '../coupon/requirements/topic-settings.ts'
import { defineCommand } from '../platform/command.ts'
import { databaseConnection } from '../platform/connections/database-connection.ts'
import { kafkaConnection } from '../platform/connections/kafka-connection.ts'
import { createKafka } from '../platform/kafka/client.ts'
import { type PinnedSetting, pinTopicSettings } from '../platform/kafka/pin-topic-settings.ts'
import { createProducer } from '../platform/kafka/producer.ts'
import { createTopicAdmin } from '../platform/kafka/topic-admin.ts'
import { createTopicReader } from '../platform/kafka/topic-reader.ts'
import { createLogger } from '../platform/log/logger.ts'
import { connectDatabase } from '../platform/mysql/database.ts'
import { createIdentity, createTopics, migrateTables, refuseStrangers } from './migrate.ts'
import { migrateSettings } from './settings.ts'

const pinnedText = ({ topic, setting, from, to }: PinnedSetting): string =>
  `${topic}: ${setting} is ${to} now${from === to ? ' and stays so; it was a default' : `, was ${from}`}\n`

/** Brings tables and topics to the shape that this version needs. */
export const migrateCommand = defineCommand({
  name: 'npm run migrate --',
  summary:
    'Creates or updates the tables, creates the topics that do not exist, and pins the settings of the others. ' +
    'It may run again at any time.',
  options: {},
  settings: migrateSettings,
  exitCodes: { migrated: [0, 'tables and topics are as this version needs them'] },
  async run(_, { settings, print }) {
    const database = connectDatabase({
      ...databaseConnection(settings),
      connectionsMax: 2,
      queryTimeoutMs: 600_000,
    })
    const kafka = createKafka({
      ...kafkaConnection(settings),
      clientId: 'firstcome-migrate',
      log: createLogger('migrate', 'silent'),
      requestTimeoutMs: 30_000,
    })
    const [topics, reader, producer] = [
      createTopicAdmin(kafka),
      createTopicReader(kafka),
      createProducer(kafka),
    ]
    try {
      await refuseStrangers(database, topics, reader)
      const migrations = await migrateTables(database)
      const options = {
        grantsPartitions: settings.GRANTS_PARTITIONS,
        replicationFactor: settings.TOPIC_REPLICATION_FACTOR,
        minInsyncReplicas: settings.TOPIC_MIN_INSYNC_REPLICAS,
      }
      const created = await createTopics(topics, options)
      const pinned = await pinTopicSettings(kafka, grantTopicShapes(options), canKeepSetting)
      const deploymentId = await createIdentity({
        database,
        topics,
        reader,
        producer,
        newId: randomUUIDv7,
        now: Date.now,
      })
      await print({
        text:
          `${migrations} migrations are applied; topics created: ${created.join(', ') || 'none'}\n` +
          pinned.map(pinnedText).join('') +
          `deployment ${deploymentId}\n`,
        json: { migrations, topicsCreated: created, settingsPinned: pinned, deploymentId },
      })
      return 'migrated'
    } finally {
      await Promise.all([reader.close(), producer.close()])
      await topics.close()
      await database.close()
    }
  },
})
