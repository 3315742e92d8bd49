import { z } from 'zod'
import { issuingSettings } from '../coupon/settings.ts'
import { count, milliseconds, port, secret } from '../platform/settings.ts'

/** The environment of the API; `.env.example` says what each is for. */
export const apiSettings = z.object({
  ...issuingSettings,
  JWT_SECRET: secret(
    'expected the secret that shopper tokens are signed with (HS256); make one with: openssl rand -hex 32',
  ),
  ADMIN_TOKEN: secret('expected the token of operators; make one with: openssl rand -hex 32'),
  API_HOST: z.string().default('127.0.0.1'),
  API_PORT: port(8_080),
  GATE_BATCH_SIZE_MAX: count(256, 256),
  ISSUE_QUEUE_MAX: count(20_000, 1_000_000),
  REGISTRY_INTERVAL_MS: milliseconds(500),
  QUERY_TIMEOUT_MS: milliseconds(2_000),
  KEEP_ALIVE_TIMEOUT_MS: milliseconds(75_000),
  CONNECTIONS_MAX: count(50_000, 1_000_000),
})
