import { z } from 'zod'
import { count, databaseUrl, kafkaBrokers } from '../platform/settings.ts'

/** The environment of the migration step; docs/settings.md lists it. */
export const migrateSettings = z.object({
  KAFKA_BROKERS: kafkaBrokers.describe(
    'Brokers as host:port, several with commas between. As in 127.0.0.1:9092',
  ),
  DATABASE_URL: databaseUrl.describe(
    'Address of MySQL or MariaDB with its database. As in mysql://user:password@127.0.0.1:3306/firstcome',
  ),
  GRANTS_PARTITIONS: count(3, 1_000).describe(
    'Partitions of the topic of grants. 12 in production; not changed while a campaign is live.',
  ),
  TOPIC_REPLICATION_FACTOR: count(1, 9).describe('Copies of every record. 3 in production.'),
  TOPIC_MIN_INSYNC_REPLICAS: count(1, 9).describe(
    'Copies that must hold a record before it counts as written. 2 in production.',
  ),
})
