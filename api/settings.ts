import { z } from 'zod'
import {
  count,
  databaseUrl,
  kafkaBrokers,
  logLevel,
  milliseconds,
  port,
  redisUrl,
  secret,
} from '../platform/settings.ts'

/** The environment of the API; `.env.example` says what each is for. */
export const apiSettings = z.object({
  REDIS_URL: redisUrl,
  KAFKA_BROKERS: kafkaBrokers,
  DATABASE_URL: databaseUrl,
  JWT_SECRET: secret(
    'expected the secret that shopper tokens are signed with (HS256); make one with: openssl rand -hex 32',
  ),
  ADMIN_TOKEN: secret('expected the token of operators; make one with: openssl rand -hex 32'),
  API_HOST: z.string().default('127.0.0.1'),
  API_PORT: port(8_080),
  GATE_TIMEOUT_MS: milliseconds(1_000),
  GATE_BATCH_SIZE_MAX: count(256, 256),
  ISSUE_QUEUE_MAX: count(20_000, 1_000_000),
  PUBLISH_DEADLINE_MS: milliseconds(2_000),
  PUBLISH_IN_FLIGHT_MAX: count(2, 16),
  OUTBOX_GRANTS_MAX: count(200_000, 10_000_000),
  REGISTRY_INTERVAL_MS: milliseconds(500),
  SOLD_OUT_MEMORY_MS: milliseconds(1_000, 60_000),
  GATE_LIFETIME_MS: milliseconds(86_400_000, 31_536_000_000),
  QUERY_TIMEOUT_MS: milliseconds(2_000),
  KEEP_ALIVE_TIMEOUT_MS: milliseconds(75_000),
  CONNECTIONS_MAX: count(50_000, 1_000_000),
  LOG_LEVEL: logLevel,
})
