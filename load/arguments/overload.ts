import { helpFlag, readArguments } from '../../platform/command.ts'
import { type Bounds, isOrigin, numberRow } from './flags.ts'

/** What an overload offers, and over how much. */
export type OverloadPlan = {
  connections: number
  seconds: number
  /** How many times the peak. */
  times: number
  patienceSeconds: number
  peakShoppers: number
  peakConnections: number
  warmUp: number
}

/** What an overload run is asked to do. */
export type OverloadArguments = OverloadPlan & {
  /** The API; the environment decides when it is left out. */
  url?: string
  /** Its metrics; the environment decides when it is left out. */
  metrics?: string
  /** Where the figures go as JSON. */
  json?: string
}

const bounds = {
  connections: { default: 20_000, min: 1, max: 60_000, says: 'connections that stay open' },
  seconds: { default: 10, min: 1, max: 120, says: 'of overload; fewer when 500000 people come before' },
  times: { default: 3, min: 1, max: 20, says: 'people a second, in grants a second at the peak' },
  patience: { default: 5, min: 1, max: 60, says: 'seconds until a person hangs up and presses again' },
  'peak-shoppers': { default: 50_000, min: 1, max: 500_000, says: 'presses to measure the peak with' },
  'peak-connections': { default: 256, min: 1, max: 4_096, says: 'connections to measure the peak over' },
  'warm-up': { default: 10_000, min: 0, max: 100_000, says: 'presses before anything is measured' },
} as const satisfies Record<string, Bounds>

/** What the command accepts. */
export const overloadUsage = [
  'npm run load -- overload [options]',
  '',
  ...Object.entries(bounds).map(numberRow),
  '  --url URL            the API, instead of API_URL of the environment',
  '  --metrics URL        its /metrics, instead of METRICS_HOST and API_METRICS_PORT of the environment',
  '  --json FILE          the figures as JSON',
].join('\n')

const flags = {
  connections: { type: 'string' },
  seconds: { type: 'string' },
  times: { type: 'string' },
  patience: { type: 'string' },
  'peak-shoppers': { type: 'string' },
  'peak-connections': { type: 'string' },
  'warm-up': { type: 'string' },
  url: { type: 'string' },
  metrics: { type: 'string' },
  json: { type: 'string' },
  ...helpFlag,
} as const

/** Reads the words behind `npm run load -- overload`. Throws `refused` with every fault at once, and with what is accepted. */
export const parseOverload = (words: readonly string[], usage: string): OverloadArguments | 'help' => {
  const { values, positionals, expected, number, refuseFaults } = readArguments(words, { flags, usage })
  if (values.help) return 'help'
  if (positionals.length !== 0) expected('expected one scenario', ['overload', ...positionals].join(' '))
  const countOf = (flag: keyof typeof bounds): number => number(flag, values[flag], bounds[flag])
  const plan = {
    connections: countOf('connections'),
    seconds: countOf('seconds'),
    times: countOf('times'),
    patienceSeconds: countOf('patience'),
    peakShoppers: countOf('peak-shoppers'),
    peakConnections: countOf('peak-connections'),
    warmUp: countOf('warm-up'),
  }
  if (values.url !== undefined && !isOrigin(values.url))
    expected('--url: expected an origin as in http://127.0.0.1:8080', values.url)
  if (values.metrics !== undefined && !URL.canParse(values.metrics))
    expected('--metrics: expected an address as in http://127.0.0.1:9464/metrics', values.metrics)
  refuseFaults()
  return {
    ...plan,
    ...(values.url === undefined ? {} : { url: values.url }),
    ...(values.metrics === undefined ? {} : { metrics: values.metrics }),
    ...(values.json === undefined ? {} : { json: values.json }),
  }
}

/** The command that does the same again, without the names of files and hosts. */
export const overloadCommand = (plan: OverloadPlan): string =>
  [
    `npm run load -- overload --connections ${plan.connections} --seconds ${plan.seconds} --times ${plan.times}`,
    `--patience ${plan.patienceSeconds} --peak-shoppers ${plan.peakShoppers} --peak-connections ${plan.peakConnections} --warm-up ${plan.warmUp}`,
  ].join(' ')
