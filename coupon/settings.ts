import { z } from 'zod'
import { serverConnectionSettings } from '../platform/connections/server-connections.ts'
import { count, logLevel, milliseconds } from '../platform/settings.ts'

/** Connection limit of one API process. The doctor compares it with the limits of the machine. */
export const connectionsMax = count(20_000, 1_000_000)

/** Settings on which API and worker must agree, so each has one default; docs/settings.md lists them. */
export const issuingSettings = {
  ...serverConnectionSettings,
  GATE_TIMEOUT_MS: milliseconds(1_000).describe(
    'Time until a call to Redis counts as unknown. A worker, which rebuilds gates, waits five times as long.',
  ),
  PUBLISH_DEADLINE_MS: milliseconds(2_000).describe(
    'Time that a winner waits for Kafka before the answer is 202 instead of 201.',
  ),
  PUBLISH_IN_FLIGHT_MAX: count(2, 16).describe('Produce requests at once in one process.'),
  OUTBOX_GRANTS_MAX: count(200_000, 10_000_000).describe(
    'Grants of one campaign that may wait for Kafka. Past it the campaign answers `unavailable`.',
  ),
  SOLD_OUT_MEMORY_MS: milliseconds(1_000, 60_000).describe(
    'Time for which units that came back cannot be won, so that no process still remembers "sold out".',
  ),
  LOG_LEVEL: logLevel.describe(
    'Lowest level that is logged. One line of JSON per message on standard output.',
  ),
  METRICS_HOST: z
    .string()
    .default('127.0.0.1')
    .describe(
      'Address on which the API and the worker serve /metrics. In a container 0.0.0.0; shoppers must not reach it.',
    ),
}
