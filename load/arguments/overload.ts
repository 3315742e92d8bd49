import type { ValuesOf } from '../../platform/command-words.ts'
import { integer } from '../../platform/option.ts'
import { metricsOption, originOption } from './address.ts'
import { warmUpOption } from './shared-options.ts'

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

export const overloadOptions = {
  connections: integer({ default: 20_000, min: 1, max: 60_000, help: 'connections that stay open' }),
  seconds: integer({
    default: 10,
    min: 1,
    max: 120,
    help: 'of overload; fewer when 500000 people come before',
  }),
  times: integer({ default: 3, min: 1, max: 20, help: 'people a second, in grants a second at the peak' }),
  patience: integer({
    default: 5,
    min: 1,
    max: 60,
    help: 'seconds until a person disconnects and presses again',
  }),
  'peak-shoppers': integer({
    default: 50_000,
    min: 1,
    max: 500_000,
    help: 'presses to measure the peak with',
  }),
  'peak-connections': integer({
    default: 256,
    min: 1,
    max: 4_096,
    help: 'connections to measure the peak over',
  }),
  'warm-up': warmUpOption,
  url: originOption,
  metrics: metricsOption,
}

export const overloadPlanOf = (values: ValuesOf<typeof overloadOptions>): OverloadPlan => ({
  connections: values.connections,
  seconds: values.seconds,
  times: values.times,
  patienceSeconds: values.patience,
  peakShoppers: values['peak-shoppers'],
  peakConnections: values['peak-connections'],
  warmUp: values['warm-up'],
})

/** The command that does the same again, without the names of files and hosts. */
export const overloadCommandLine = (plan: OverloadPlan): string =>
  [
    'npm run load -- overload',
    `--connections ${plan.connections} --seconds ${plan.seconds} --times ${plan.times}`,
    `--patience ${plan.patienceSeconds} --peak-shoppers ${plan.peakShoppers}`,
    `--peak-connections ${plan.peakConnections} --warm-up ${plan.warmUp}`,
  ].join(' ')
