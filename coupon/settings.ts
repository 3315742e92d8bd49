import { z } from 'zod'
import { count, logLevel, milliseconds, serverAddresses } from '../platform/settings.ts'

/** Connections of one API process: what it takes, and what the doctor holds against the limits of the machine. */
export const connectionsMax = count(20_000, 1_000_000)

/** What API and worker have to agree on, so it has one default; `.env.example` says what each is for. */
export const issuingSettings = {
  ...serverAddresses,
  GATE_TIMEOUT_MS: milliseconds(1_000),
  PUBLISH_DEADLINE_MS: milliseconds(2_000),
  PUBLISH_IN_FLIGHT_MAX: count(2, 16),
  OUTBOX_GRANTS_MAX: count(200_000, 10_000_000),
  SOLD_OUT_MEMORY_MS: milliseconds(1_000, 60_000),
  LOG_LEVEL: logLevel,
  METRICS_HOST: z.string().default('127.0.0.1'),
}
