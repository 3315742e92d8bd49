import type { ValuesOf } from '../../platform/command-words.ts'
import { flag, integer } from '../../platform/option.ts'
import { originOption } from './address.ts'

/** At which rate people press, for how long, and over how much. */
export type SteadyPlan = {
  /** Of the only step, or of the first. */
  pressesPerSecond: number
  /** That are measured. */
  seconds: number
  /** At the same rate, before them. */
  warmUpSeconds: number
  connections: number
  /** The bar for the p99 of a step; undefined for one step without a bar. */
  sweepP99Ms: number | undefined
  /** Whether bare node:http is pressed at each rate too. */
  baseline?: true
}

/** What is left out of a command line. */
export const steadyDefaults = { warmUp: 3, connections: 512, p99: 50 }

/** The request and answer of each press are kept, a kilobyte together. */
export const steadyPressesMax = 300_000

export const steadyOptions = {
  rate: integer({
    default: 1_000,
    min: 1,
    max: 50_000,
    help: 'presses a second; with --sweep the first rate',
  }),
  seconds: integer({ default: 10, min: 1, max: 300, help: 'seconds that are measured, at each rate' }),
  'warm-up': integer({
    default: steadyDefaults.warmUp,
    min: 0,
    max: 60,
    help: 'seconds of presses before them, at the same rate',
  }),
  connections: integer({
    default: steadyDefaults.connections,
    min: 1,
    max: 4_096,
    help: 'connections that stay open',
  }),
  sweep: flag('raises the rate by a quarter at a time, until the p99 is above --p99'),
  p99: integer({
    min: 1,
    max: 10_000,
    help: `with --sweep: highest p99 in ms, ${steadyDefaults.p99} when left out`,
  }),
  baseline: flag('at each rate also presses bare node:http'),
  url: originOption,
}

type SteadyValues = ValuesOf<typeof steadyOptions>

/** The presses of one step. */
export const stepPresses = (
  rate: number,
  { seconds, warmUpSeconds }: Pick<SteadyPlan, 'seconds' | 'warmUpSeconds'>,
): number => rate * (seconds + warmUpSeconds)

/** What is wrong with options that are accepted one by one. */
export const checkSteady = ({
  rate = 0,
  seconds = 0,
  sweep,
  p99,
  ...more
}: Partial<SteadyValues>): string[] => {
  const presses = stepPresses(rate, { seconds, warmUpSeconds: more['warm-up'] ?? 0 })
  return [
    ...(presses > steadyPressesMax
      ? [`--rate: expected at most ${steadyPressesMax} presses in all, not ${presses}`]
      : []),
    ...(p99 !== undefined && !sweep ? ['--p99: only with --sweep'] : []),
  ]
}

export const steadyPlanOf = ({
  rate,
  seconds,
  connections,
  baseline,
  ...values
}: SteadyValues): SteadyPlan => ({
  pressesPerSecond: rate,
  seconds,
  connections,
  ...(baseline ? { baseline } : {}),
  warmUpSeconds: values['warm-up'],
  sweepP99Ms: values.sweep ? (values.p99 ?? steadyDefaults.p99) : undefined,
})

/** The command that does the same again, without the names of hosts. */
export const steadyCommandLine = (plan: SteadyPlan): string =>
  [
    `npm run load -- steady --rate ${plan.pressesPerSecond} --seconds ${plan.seconds}`,
    ...(plan.warmUpSeconds === steadyDefaults.warmUp ? [] : [`--warm-up ${plan.warmUpSeconds}`]),
    ...(plan.connections === steadyDefaults.connections ? [] : [`--connections ${plan.connections}`]),
    ...(plan.sweepP99Ms === undefined ? [] : [`--sweep --p99 ${plan.sweepP99Ms}`]),
    ...(plan.baseline === true ? ['--baseline'] : []),
  ].join(' ')
