import type { ValuesOf } from '../../platform/command-words.ts'
import { flag, integer, path } from '../../platform/option.ts'
import { originOption } from './address.ts'
import { connectionsOption, warmUpOption, warmUpPresses } from './shared-options.ts'

/** What a burst is asked to do. */
export type BurstArguments = {
  /** Distinct shoppers, one request each. */
  shoppers: number
  /** Coupons of the campaign. */
  stock: number
  /** Connections that press at the same time. */
  connections: number
  /** Requests to campaigns of their own before anything is measured. */
  warmUp: number
  /** Measured rounds of a burst and the baselines; undefined without baselines. */
  rounds: number | undefined
}

const defaults = { connections: 256, warmUp: warmUpPresses, rounds: 5 }

export const burstOptions = {
  // Answers are kept for the comparison, some 500 bytes each: 250 MB at the bound.
  shoppers: integer({ default: 20_000, min: 1, max: 500_000, help: 'distinct shoppers, one press each' }),
  stock: integer({ default: 10_000, min: 1, max: 10_000_000, help: 'coupons of the campaign' }),
  connections: connectionsOption(defaults.connections),
  'warm-up': warmUpOption,
  baseline: flag('also measures bare node:http and bare Hono in alternation, and prints the ratios'),
  rounds: integer({
    min: 1,
    max: 20,
    help: `with --baseline: measured rounds, ${defaults.rounds} when left out`,
  }),
  url: originOption,
  report: path('FILE', 'writes the report as Markdown'),
  history: path('FILE', 'writes the answers of the last burst, for npm run audit'),
}

type BurstValues = ValuesOf<typeof burstOptions>

/** What is wrong with options that are accepted one by one. */
export const checkBurst = ({ rounds, baseline }: Partial<BurstValues>): string[] =>
  rounds !== undefined && !baseline ? ['--rounds: only with --baseline'] : []

export const burstArgumentsOf = ({ shoppers, stock, ...values }: BurstValues): BurstArguments => ({
  shoppers,
  stock,
  // A connection without a shopper would have nothing to do.
  connections: Math.min(values.connections, shoppers),
  warmUp: values['warm-up'],
  rounds: values.baseline ? (values.rounds ?? defaults.rounds) : undefined,
})

/** The command that does the same again, without the names of files and hosts. */
export const burstCommandLine = ({ shoppers, stock, connections, warmUp, rounds }: BurstArguments): string =>
  [
    `npm run load -- burst --shoppers ${shoppers} --stock ${stock}`,
    ...(connections === Math.min(defaults.connections, shoppers) ? [] : [`--connections ${connections}`]),
    ...(warmUp === defaults.warmUp ? [] : [`--warm-up ${warmUp}`]),
    ...(rounds === undefined ? [] : [`--baseline --rounds ${rounds}`]),
  ].join(' ')
