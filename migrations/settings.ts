import { z } from 'zod'
import { count, databaseUrl, kafkaBrokers } from '../platform/settings.ts'

/** The environment of the migration step; `.env.example` says what each is for. */
export const migrateSettings = z.object({
  KAFKA_BROKERS: kafkaBrokers,
  DATABASE_URL: databaseUrl,
  GRANTS_PARTITIONS: count(3, 1_000),
  TOPIC_REPLICATION_FACTOR: count(1, 9),
  TOPIC_MIN_INSYNC_REPLICAS: count(1, 9),
})
