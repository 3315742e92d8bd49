import { loadSettings } from '../settings.ts'
import { type Target } from '../wiring.ts'

/** Where the API serves its metrics: the option, or the place that the settings give. */
export const metricsUrlOf = (option: string | undefined, settings: Target['settings']): string =>
  option ?? `http://${settings.METRICS_HOST}:${settings.API_METRICS_PORT}/metrics`

/** How a load run ends. */
export const loadExitCodes = {
  exitCodes: {
    pass: [0, 'PASS: every promise held'],
    fail: [1, 'FAIL: a promise was broken'],
    'in-flight': [1, 'IN FLIGHT: a promise could not be decided'],
    unknown: [1, 'UNKNOWN: the ledger or the log could not be read, and the report says why'],
  },
  failureExitCode: [1, 'it could not run'],
} as const

/** What every command of a load run needs, and how it ends. */
export const commonToLoads = { settings: loadSettings, ...loadExitCodes } as const
