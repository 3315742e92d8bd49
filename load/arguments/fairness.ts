import type { ValuesOf } from '../../platform/command-words.ts'
import { integer } from '../../platform/option.ts'
import { originOption } from './address.ts'

/** The bursts whose ranks are compared with the order of arrival. */
export type FairnessPlan = {
  /** Distinct shoppers of a burst, one press each. */
  shoppers: number
  stock: number
  /** Over all processes. */
  connections: number
  /** Bursts of each kind. */
  rounds: number
  /** Presses before each, to processes that have just started. */
  warmUp: number
}

export const fairnessOptions = {
  shoppers: integer({
    default: 20_000,
    min: 2,
    max: 100_000,
    help: 'distinct shoppers of a burst, one press each',
  }),
  stock: integer({ default: 20_000, min: 1, max: 100_000, help: 'coupons of each campaign' }),
  connections: integer({ default: 256, min: 2, max: 4_096, help: 'connections that press at once' }),
  rounds: integer({
    default: 1,
    min: 1,
    max: 20,
    help: 'bursts of each kind: over one process, over two, from one address',
  }),
  'warm-up': integer({ default: 2_000, min: 0, max: 100_000, help: 'presses before each burst' }),
  url: originOption,
}

export const fairnessPlanOf = (values: ValuesOf<typeof fairnessOptions>): FairnessPlan => ({
  shoppers: values.shoppers,
  stock: values.stock,
  connections: Math.min(values.connections, values.shoppers),
  rounds: values.rounds,
  warmUp: values['warm-up'],
})

/** The command that does the same again, without the names of hosts. */
export const fairnessCommandLine = ({ shoppers, stock, connections, rounds, warmUp }: FairnessPlan): string =>
  `npm run load -- fairness --shoppers ${shoppers} --stock ${stock} --connections ${connections} --rounds ${rounds} --warm-up ${warmUp}`
