import { createKafka } from '../platform/kafka/client.ts'
import { createTopicAdmin } from '../platform/kafka/topic-admin.ts'
import { createLogger } from '../platform/log/logger.ts'
import { connectDatabase } from '../platform/mysql/database.ts'
import { runProcess } from '../platform/process/run-process.ts'
import { readSettings } from '../platform/settings.ts'
import { createGrantTopics, migrateTables } from './migrate.ts'
import { migrateSettings } from './settings.ts'

await runProcess(async () => {
  const settings = readSettings(migrateSettings, process.env)
  const log = createLogger('migrate', 'info')
  const database = connectDatabase({
    url: settings.DATABASE_URL,
    connectionsMax: 2,
    queryTimeoutMs: 600_000,
  })
  const topics = createTopicAdmin(
    createKafka({
      brokers: settings.KAFKA_BROKERS,
      clientId: 'firstcome-migrate',
      log,
      requestTimeoutMs: 30_000,
    }),
  )
  const files = await migrateTables(database)
  const created = await createGrantTopics(topics, {
    grantsPartitions: settings.GRANTS_PARTITIONS,
    replicationFactor: settings.TOPIC_REPLICATION_FACTOR,
    minInsyncReplicas: settings.TOPIC_MIN_INSYNC_REPLICAS,
  })
  log.info({ files, created }, 'tables and topics are in shape')
  await topics.close()
  await database.close()
})
