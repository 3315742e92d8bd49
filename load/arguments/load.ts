import { helpFlag, readArguments } from '../../platform/command.ts'
import { type Bounds, isOrigin, numberRow } from './flags.ts'
import { type OverloadArguments, overloadUsage, parseOverload } from './overload.ts'

/** What a load run is asked to do. */
export type BurstArguments = {
  /** Distinct shoppers, one request each. */
  shoppers: number
  /** Coupons of the campaign. */
  stock: number
  /** Connections that press at the same time. */
  connections: number
  /** Requests to campaigns of their own before anything is measured. */
  warmUp: number
  /** The API; the environment decides when it is left out. */
  url?: string
  /** Run bare Hono beside it, this many times in turn. */
  pairs?: number
  /** Where the figures go as JSON. */
  json?: string
  /** Where the report goes as Markdown. */
  report?: string
  /** Where every answer of the last burst goes, for the audit. */
  history?: string
}

export type LoadCommand =
  | { kind: 'burst'; burst: BurstArguments }
  | { kind: 'overload'; overload: OverloadArguments }

const bounds = {
  // Answers are kept for the comparison, some 500 bytes each: 250 MB at the bound.
  shoppers: { default: 20_000, min: 1, max: 500_000, says: 'distinct shoppers, one press each' },
  stock: { default: 10_000, min: 1, max: 10_000_000, says: 'coupons of the campaign' },
  connections: { default: 256, min: 1, max: 4_096, says: 'connections that press at once' },
  'warm-up': { default: 10_000, min: 0, max: 100_000, says: 'presses before anything is measured' },
  pairs: { default: 3, min: 1, max: 20, says: 'with --baseline: measured pairs' },
} as const satisfies Record<string, Bounds>

/** What the command accepts. */
export const usage = [
  'npm run load -- burst [options]',
  '',
  ...Object.entries(bounds).map(numberRow),
  '  --url URL            the API, instead of API_URL of the environment',
  '  --baseline           bare Hono with the same check of tokens beside it, in turn, and the ratio',
  '  --json FILE          the figures as JSON',
  '  --report FILE        the report as Markdown',
  '  --history FILE       what the last burst was told, for npm run audit',
  '',
  overloadUsage,
  '',
  'Exit code 0: every promise held. 1: one did not, or could not be decided. 2: wrong use.',
].join('\n')

const flags = {
  shoppers: { type: 'string' },
  stock: { type: 'string' },
  connections: { type: 'string' },
  'warm-up': { type: 'string' },
  pairs: { type: 'string' },
  url: { type: 'string' },
  baseline: { type: 'boolean' },
  json: { type: 'string' },
  report: { type: 'string' },
  history: { type: 'string' },
  ...helpFlag,
} as const

/** Reads the words behind `npm run load --`. Throws `refused` with every fault at once, and with what is accepted. */
export const parseArguments = (words: readonly string[]): LoadCommand | 'help' => {
  if (words[0] === 'overload') {
    const overload = parseOverload(words.slice(1), usage)
    return overload === 'help' ? 'help' : { kind: 'overload', overload }
  }
  const { values, positionals, expected, fault, number, refuseFaults } = readArguments(words, {
    flags,
    usage,
  })
  if (values.help) return 'help'
  if (positionals.length !== 1 || positionals[0] !== 'burst')
    expected('expected the scenario burst or overload', positionals.join(' '))
  const countOf = (flag: keyof typeof bounds): number => number(flag, values[flag], bounds[flag])

  const shoppers = countOf('shoppers')
  const connections = countOf('connections')
  const burst: BurstArguments = {
    shoppers,
    stock: countOf('stock'),
    // A connection without a shopper would have nothing to do.
    connections: Math.min(connections, shoppers),
    warmUp: countOf('warm-up'),
    ...(values.baseline ? { pairs: countOf('pairs') } : {}),
    ...(values.url === undefined ? {} : { url: values.url }),
    ...(values.json === undefined ? {} : { json: values.json }),
    ...(values.report === undefined ? {} : { report: values.report }),
    ...(values.history === undefined ? {} : { history: values.history }),
  }
  if (values.pairs !== undefined && !values.baseline) fault('--pairs: only with --baseline')
  if (values.url !== undefined && !isOrigin(values.url))
    expected('--url: expected an origin as in http://127.0.0.1:8080', values.url)
  refuseFaults()
  return { kind: 'burst', burst }
}

/** The command that does the same again, without the names of files and hosts. */
export const commandOf = ({ shoppers, stock, connections, warmUp, pairs }: BurstArguments): string =>
  [
    `npm run load -- burst --shoppers ${shoppers} --stock ${stock}`,
    ...(connections === Math.min(bounds.connections.default, shoppers)
      ? []
      : [`--connections ${connections}`]),
    ...(warmUp === bounds['warm-up'].default ? [] : [`--warm-up ${warmUp}`]),
    ...(pairs === undefined ? [] : [`--baseline --pairs ${pairs}`]),
  ].join(' ')
