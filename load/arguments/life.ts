import type { ValuesOf } from '../../platform/command-words.ts'
import { integer } from '../../platform/option.ts'
import { originOption } from './address.ts'
import { commandLineOf } from './command-line.ts'
import { warmUpOption } from './shared-options.ts'

/** A campaign that is paused and gets more stock while people press. Times are whole seconds. */
export type LifePlan = {
  /** People who press for the first time, a second. */
  presses: number
  /** Coupons that are redeemed, a second, as far as there are any. */
  redemptions: number
  before: number
  paused: number
  resumed: number
  after: number
  /** Presses to a campaign of their own before anything is measured. */
  warmUp: number
}

export const lifeOptions = {
  presses: integer({
    default: 500,
    min: 1,
    max: 2_000,
    help: 'people who press for the first time, a second',
  }),
  redemptions: integer({ default: 50, min: 1, max: 500, help: 'coupons that are redeemed, a second' }),
  before: integer({ default: 4, min: 1, max: 60, help: 'seconds before the pause' }),
  paused: integer({ default: 3, min: 1, max: 60, help: 'seconds for which it is paused' }),
  resumed: integer({ default: 3, min: 1, max: 60, help: 'seconds from the resumption to the new stock' }),
  after: integer({ default: 20, min: 6, max: 300, help: 'seconds for which people come afterwards' }),
  'warm-up': warmUpOption,
  url: originOption,
}

type LifeValues = ValuesOf<typeof lifeOptions>

// At first there are coupons for half of the people. At most two thirds go before the stock is raised.
const timesBefore = 2

/** Finds times in which the campaign would be sold out before its stock is raised. */
export const checkLife = ({ before, paused, resumed, after }: Partial<LifeValues>): string[] => {
  if (before === undefined || paused === undefined || resumed === undefined || after === undefined) return []
  const least = timesBefore * (before + paused + resumed)
  return after >= least ? [] : [`--after: expected at least ${least}, twice the seconds before it`]
}

export const lifePlanOf = ({ url: _, 'warm-up': warmUp, ...numbers }: LifeValues): LifePlan => ({
  ...numbers,
  warmUp,
})

/** All people of a plan. */
export const peopleOf = ({ presses, before, paused, resumed, after }: LifePlan): number =>
  presses * (before + paused + resumed + after)

export const lifeCommandLine = ({ warmUp, ...numbers }: LifePlan): string =>
  commandLineOf('life', { ...numbers, 'warm-up': warmUp })
