import { z } from 'zod'
import { issuingSettings } from '../coupon/settings.ts'
import { fitTogether } from '../platform/connections/server-connections.ts'
import { count, milliseconds, port } from '../platform/settings.ts'

const settings = z.object({
  ...issuingSettings,
  WORKER_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address on which the worker answers /livez and /readyz. In a container 0.0.0.0.'),
  WORKER_PORT: port(8_081).describe(
    "TCP port of the worker's /livez and /readyz. Docker Compose does not publish it.",
  ),
  WORKER_METRICS_PORT: port(9_465).describe("TCP port of the worker's /metrics."),
  LEDGER_BATCH_SIZE_MAX: count(1_000, 5_000).describe('Records in one transaction of the ledger.'),
  LEDGER_ROWS_PER_SECOND_MAX: count(0, 1_000_000, 0).describe(
    'Rows per second that one worker records; 0 means no limit. Protects a database that others use too.',
  ),
  QUERY_TIMEOUT_MS: milliseconds(5_000).describe('Time until a query of the database is given up.'),
  RELAY_MARGIN_MS: milliseconds(500).describe(
    'Time past PUBLISH_DEADLINE_MS after which a worker publishes what an API process has not.',
  ),
  KEEPER_INTERVAL_MS: milliseconds(500).describe(
    'Time between two looks at live gates: how soon a lost gate is noticed.',
  ),
  SWEEP_INTERVAL_MS: milliseconds(1_000).describe(
    'Time between two steps, of 500 winners each, of the search for grants that only a gate has.',
  ),
  GATE_LIFETIME_MS: milliseconds(86_400_000, 31_536_000_000).describe(
    "Time from a campaign's close until its gate may be retired. The default is a day.",
  ),
  RETIREMENT_INTERVAL_MS: milliseconds(60_000).describe(
    'Time between two looks for gates to retire. Each retires 30 at most, and none after one that is kept.',
  ),
})

/** The environment of the worker; docs/settings.md lists it. */
export const workerSettings = fitTogether(settings)
