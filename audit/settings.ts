import { z } from 'zod'
import { databaseUrl, kafkaBrokers, milliseconds, redisUrl } from '../platform/settings.ts'

/** The environment of an audit. The launcher writes the addresses to `.firstcome/environment`. */
export const auditSettings = z.object({
  REDIS_URL: redisUrl,
  KAFKA_BROKERS: kafkaBrokers,
  DATABASE_URL: databaseUrl,
  GATE_LIFETIME_MS: milliseconds(86_400_000, 31_536_000_000),
})
