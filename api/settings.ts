import { z } from 'zod'
import { connectionsMax, issuingSettings } from '../coupon/settings.ts'
import { count, milliseconds, port, secret } from '../platform/settings.ts'

const settings = z.object({
  ...issuingSettings,
  JWT_SECRET: secret(
    'expected the secret that shopper tokens are signed with (HS256); make one with: openssl rand -hex 32',
  ),
  ADMIN_TOKEN: secret('expected the token of operators; make one with: openssl rand -hex 32'),
  API_HOST: z.string().default('127.0.0.1'),
  API_PORT: port(8_080),
  API_METRICS_PORT: port(9_464),
  API_PROCESSES: count(1, 64),
  STOP_DELAY_MS: count(500, 3_000, 0),
  GATE_BATCH_SIZE_MAX: count(256, 256),
  ISSUE_QUEUE_MAX: count(20_000, 1_000_000),
  REQUESTS_IN_FLIGHT_MAX: count(1_000, 100_000),
  REGISTRY_INTERVAL_MS: milliseconds(500),
  QUERY_TIMEOUT_MS: milliseconds(2_000),
  KEEP_ALIVE_TIMEOUT_MS: milliseconds(75_000),
  REQUEST_TIMEOUT_MS: milliseconds(10_000),
  INACTIVITY_TIMEOUT_MS: milliseconds(60_000),
  CONNECTIONS_MAX: connectionsMax,
})

/** The environment of the API; `.env.example` says what each is for. */
export const apiSettings = settings.refine(
  ({ API_PORT, API_PROCESSES }) => API_PROCESSES <= 1 || API_PORT !== 0,
  {
    path: ['API_PORT'],
    error: 'expected 1 to 65535 with API_PROCESSES above 1: a free port would be another for each process',
    // Whatever else is wrong: every fault is told at once.
    when: () => true,
  },
)
