import type { ValuesOf } from '../../platform/command-words.ts'
import { integer } from '../../platform/option.ts'
import { originOption } from './address.ts'
import { commandLineOf } from './command-line.ts'
import { connectionsOption, warmUpOption } from './shared-options.ts'

/** Shoppers who press again and again without waiting for an answer. */
export type MasherPlan = {
  shoppers: number
  /** Of each shopper. */
  presses: number
  stock: number
  connections: number
  /** Presses to a campaign of their own before anything is measured. */
  warmUp: number
}

/** Every answer is kept for the comparison, some 500 bytes each: 250 MB. */
const pressesMax = 500_000

export const masherOptions = {
  shoppers: integer({ default: 2_000, min: 1, max: 100_000, help: 'distinct shoppers' }),
  presses: integer({ default: 10, min: 2, max: 1_000, help: 'presses of each shopper, without a wait' }),
  stock: integer({ default: 1_000, min: 1, max: 100_000, help: 'coupons of the campaign' }),
  connections: connectionsOption(256),
  'warm-up': warmUpOption,
  url: originOption,
}

type MasherValues = ValuesOf<typeof masherOptions>

/** What is wrong with options that are accepted one by one. */
export const checkMasher = ({ shoppers = 0, presses = 0 }: Partial<MasherValues>): string[] =>
  shoppers * presses > pressesMax
    ? [`--presses: expected at most ${pressesMax} presses of all shoppers, not ${shoppers * presses}`]
    : []

export const masherPlanOf = ({ shoppers, presses, stock, connections, ...values }: MasherValues) =>
  ({ shoppers, presses, stock, connections, warmUp: values['warm-up'] }) satisfies MasherPlan

export const masherCommandLine = ({ warmUp, ...plan }: MasherPlan): string =>
  commandLineOf('masher', { ...plan, 'warm-up': warmUp })
