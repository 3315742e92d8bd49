import type { ValuesOf } from '../../platform/command-words.ts'
import { integer } from '../../platform/option.ts'
import { metricsOption, originOption } from './address.ts'

/** A campaign that grows to this many winners. At some sizes the last presses are measured. */
export type GrowthPlan = { winners: number; sample: number; connections: number }

export const growthOptions = {
  winners: integer({ default: 200_000, min: 1_000, max: 1_000_000, help: 'winners in the end' }),
  sample: integer({ default: 5_000, min: 100, max: 50_000, help: 'presses that are measured at each size' }),
  connections: integer({ default: 128, min: 2, max: 1_024, help: 'connections that press at once' }),
  url: originOption,
  metrics: metricsOption,
}

export const growthPlanOf = ({
  winners,
  sample,
  connections,
}: ValuesOf<typeof growthOptions>): GrowthPlan => ({
  winners,
  sample: Math.min(sample, winners),
  connections,
})

/** The command that does the same again, without the names of hosts. */
export const growthCommandLine = ({ winners, sample, connections }: GrowthPlan): string =>
  `npm run load -- growth --winners ${winners} --sample ${sample} --connections ${connections}`

/** The sizes at which presses are measured, smallest first: two samples, powers of ten, and the end. */
export const growthSizes = ({ winners, sample }: GrowthPlan): number[] => {
  const tens = [10_000, 100_000, 1_000_000].filter((size) => size > 2 * sample && size < winners)
  return [...new Set([2 * sample, ...tens, winners])].filter((size) => size >= sample && size <= winners)
}
