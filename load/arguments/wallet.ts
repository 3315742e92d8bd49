import type { ValuesOf } from '../../platform/command-words.ts'
import { integer } from '../../platform/option.ts'
import { originOption } from './address.ts'
import { commandLineOf } from './command-line.ts'
import { connectionsOption, warmUpOption } from './shared-options.ts'

/** Shoppers who press once and look at their lists. */
export type WalletPlan = {
  /** There is a coupon for each. Four lists come to each press. */
  shoppers: number
  connections: number
  /** Presses to a campaign of their own before anything is measured. */
  warmUp: number
}

export const walletOptions = {
  shoppers: integer({
    default: 5_000,
    min: 5,
    max: 100_000,
    help: 'distinct shoppers: one press and four lists each',
  }),
  connections: connectionsOption(64),
  'warm-up': warmUpOption,
  url: originOption,
}

export const walletPlanOf = ({
  shoppers,
  connections,
  ...values
}: ValuesOf<typeof walletOptions>): WalletPlan => ({ shoppers, connections, warmUp: values['warm-up'] })

export const walletCommandLine = ({ shoppers, connections, warmUp }: WalletPlan): string =>
  commandLineOf('wallet', { shoppers, connections, 'warm-up': warmUp })
