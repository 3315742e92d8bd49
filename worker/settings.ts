import { z } from 'zod'
import { issuingSettings } from '../coupon/settings.ts'
import { count, milliseconds, port } from '../platform/settings.ts'

/** The environment of the worker; `.env.example` says what each is for. */
export const workerSettings = z.object({
  ...issuingSettings,
  WORKER_HOST: z.string().default('127.0.0.1'),
  WORKER_PORT: port(8_081),
  WORKER_METRICS_PORT: port(9_465),
  LEDGER_BATCH_SIZE_MAX: count(1_000, 5_000),
  LEDGER_ROWS_PER_SECOND_MAX: count(0, 1_000_000, 0),
  QUERY_TIMEOUT_MS: milliseconds(5_000),
  RELAY_MARGIN_MS: milliseconds(500),
  KEEPER_INTERVAL_MS: milliseconds(500),
  SWEEP_INTERVAL_MS: milliseconds(1_000),
  GATE_LIFETIME_MS: milliseconds(86_400_000, 31_536_000_000),
  RETIREMENT_INTERVAL_MS: milliseconds(60_000),
})
