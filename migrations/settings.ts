import { z } from 'zod'
import { databaseConnectionSettings } from '../platform/connections/database-connection.ts'
import { kafkaConnectionSettings } from '../platform/connections/kafka-connection.ts'
import { fitTogether } from '../platform/connections/server-connections.ts'
import { count } from '../platform/settings.ts'

/** The environment of the migration step; docs/settings.md lists it. */
export const migrateSettings = fitTogether(
  z.object({
    ...kafkaConnectionSettings,
    ...databaseConnectionSettings,
    GRANTS_PARTITIONS: count(3, 1_000).describe(
      'Partitions of the topic of grants. 12 in production; not changed while a campaign is live.',
    ),
    TOPIC_REPLICATION_FACTOR: count(1, 9).describe('Copies of every record. 3 in production.'),
    TOPIC_MIN_INSYNC_REPLICAS: count(1, 9).describe(
      'Copies that must hold a record before it counts as written. 2 in production.',
    ),
  }),
)
