import type { ValuesOf } from '../../platform/command-words.ts'
import { integer } from '../../platform/option.ts'
import { originOption } from './address.ts'
import { commandLineOf } from './command-line.ts'
import { connectionsOption } from './shared-options.ts'

/** The bursts that each of several API processes answers from its start on. */
export type FreshProcessPlan = {
  /** API processes, one after the other. */
  processes: number
  /** Bursts of each, the first of which finds it cold. */
  bursts: number
  /** Distinct shoppers of a burst, one press each. */
  presses: number
  connections: number
}

export const freshProcessOptions = {
  processes: integer({ default: 5, min: 1, max: 50, help: 'API processes, one after the other' }),
  bursts: integer({ default: 5, min: 2, max: 50, help: 'bursts of each; the first one finds it cold' }),
  presses: integer({ default: 10_000, min: 100, max: 100_000, help: 'presses of a burst' }),
  connections: connectionsOption(256),
  url: originOption,
}

export const freshProcessPlanOf = ({
  url: _,
  ...plan
}: ValuesOf<typeof freshProcessOptions>): FreshProcessPlan => plan

export const freshProcessCommandLine = (plan: FreshProcessPlan): string =>
  commandLineOf('fresh-process', plan)
