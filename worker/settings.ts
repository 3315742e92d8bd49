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
  GATE_TIMEOUT_MS: milliseconds(1_000),
  PUBLISH_DEADLINE_MS: milliseconds(2_000),
  PUBLISH_IN_FLIGHT_MAX: count(2, 16),
  OUTBOX_GRANTS_MAX: count(200_000, 10_000_000),
  RELAY_MARGIN_MS: milliseconds(500),
  KEEPER_INTERVAL_MS: milliseconds(500),
  SWEEP_INTERVAL_MS: milliseconds(1_000),
  SOLD_OUT_MEMORY_MS: milliseconds(1_000, 60_000),
  GATE_LIFETIME_MS: milliseconds(86_400_000, 31_536_000_000),
  LOG_LEVEL: logLevel,
})
