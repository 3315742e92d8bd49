import type { ValuesOf } from '../../platform/command-words.ts'
import { integer } from '../../platform/option.ts'
import { metricsOption, originOption } from './address.ts'
import { commandLineOf } from './command-line.ts'
import { connectionsOption, warmUpOption } from './shared-options.ts'

/** Presses for a campaign that has nothing left. */
export type SoldOutPlan = {
  /** Coupons, all of which are gone before anything is measured. */
  stock: number
  /** Measured presses of a round: one of each winner, the others of shoppers who come too late. */
  presses: number
  rounds: number
  connections: number
  /** Presses to a campaign of their own before anything is measured. */
  warmUp: number
}

export const soldOutOptions = {
  presses: integer({ default: 50_000, min: 2, max: 500_000, help: 'presses after the last coupon is gone' }),
  stock: integer({
    default: 500,
    min: 1,
    max: 100_000,
    help: 'coupons; each winner presses once more among the others',
  }),
  rounds: integer({
    default: 1,
    min: 1,
    max: 20,
    help: 'times that all of them press, each beside bare node:http',
  }),
  connections: connectionsOption(256),
  'warm-up': warmUpOption,
  url: originOption,
  metrics: metricsOption,
}

type SoldOutValues = ValuesOf<typeof soldOutOptions>

/** What is wrong with options that are accepted one by one. */
export const checkSoldOut = ({ stock = 0, presses = Infinity }: Partial<SoldOutValues>): string[] =>
  stock < presses ? [] : [`--stock: expected fewer than the ${presses} presses, not ${stock}`]

export const soldOutPlanOf = ({
  stock,
  presses,
  rounds,
  connections,
  ...values
}: SoldOutValues): SoldOutPlan => ({
  ...{ stock, presses, rounds, connections },
  warmUp: values['warm-up'],
})

export const soldOutCommandLine = ({ presses, stock, rounds, connections, warmUp }: SoldOutPlan): string =>
  commandLineOf('sold-out', { presses, stock, rounds, connections, 'warm-up': warmUp })
