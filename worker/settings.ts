import { z } from 'zod'
import {
  count,
  databaseUrl,
  kafkaBrokers,
  logLevel,
  milliseconds,
  port,
  redisUrl,
} from '../platform/settings.ts'

/** The environment of the worker; `.env.example` says what each is for. */
export const workerSettings = z.object({
  REDIS_URL: redisUrl,
  KAFKA_BROKERS: kafkaBrokers,
  DATABASE_URL: databaseUrl,
  WORKER_HOST: z.string().default('127.0.0.1'),
  WORKER_PORT: port(8_081),
  LEDGER_BATCH_SIZE_MAX: count(1_000, 5_000),
  QUERY_TIMEOUT_MS: milliseconds(5_000),
  LOG_LEVEL: logLevel,
})
