import { z } from 'zod'
import { connectionsMax } from '../../coupon/settings.ts'
import { count, databaseUrl, kafkaBrokers, redisUrl } from '../../platform/settings.ts'

/** The environment of the doctor. The settings of the migration are compared only if they are set. */
export const doctorSettings = z.object({
  REDIS_URL: redisUrl,
  KAFKA_BROKERS: kafkaBrokers,
  DATABASE_URL: databaseUrl,
  CONNECTIONS_MAX: connectionsMax,
  GRANTS_PARTITIONS: count(3, 1_000).removeDefault().optional(),
  TOPIC_REPLICATION_FACTOR: count(1, 9).removeDefault().optional(),
  TOPIC_MIN_INSYNC_REPLICAS: count(1, 9).removeDefault().optional(),
})

export type DoctorSettings = z.infer<typeof doctorSettings>
