import type { ValuesOf } from '../../platform/command-words.ts'
import { integer } from '../../platform/option.ts'
import { originOption } from './address.ts'
import { commandLineOf } from './command-line.ts'
import { warmUpOption } from './shared-options.ts'

/** People who all come at once, each over a new connection. */
export type ColdBurstPlan = {
  /** New connections, with one press each. */
  connections: number
  stock: number
  /** A person who has no answer after this long gives up; they ask or press again after the run. */
  patienceSeconds: number
  /** Presses to a campaign of their own before anything is measured. */
  warmUp: number
}

export const coldBurstOptions = {
  // Linux has some 28,000 ports for connections to one address.
  connections: integer({ default: 10_000, min: 1, max: 28_000, help: 'new connections, one press each' }),
  stock: integer({ default: 5_000, min: 1, max: 10_000_000, help: 'coupons of the campaign' }),
  patience: integer({ default: 10, min: 1, max: 60, help: 'seconds until a person gives up' }),
  'warm-up': warmUpOption,
  url: originOption,
}

export const coldBurstPlanOf = ({
  connections,
  stock,
  patience,
  ...values
}: ValuesOf<typeof coldBurstOptions>): ColdBurstPlan => ({
  ...{ connections, stock, patienceSeconds: patience },
  warmUp: values['warm-up'],
})

export const coldBurstCommandLine = ({
  connections,
  stock,
  patienceSeconds,
  warmUp,
}: ColdBurstPlan): string =>
  commandLineOf('cold-burst', { connections, stock, patience: patienceSeconds, 'warm-up': warmUp })
