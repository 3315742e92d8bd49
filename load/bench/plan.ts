import type { ValuesOf } from '../../platform/command-words.ts'
import { flag, integer, path } from '../../platform/option.ts'
import { originOption } from '../arguments/address.ts'
import type { BurstArguments } from '../arguments/burst.ts'
import type { FairnessPlan } from '../arguments/fairness.ts'
import { type SteadyPlan, steadyDefaults } from '../arguments/steady.ts'
import { inThousands } from '../report/numbers.ts'

const connections = 256
// Six rounds are the fewest in which a paired test can find a difference: 2 of 64 signs are below 5 %.
const sizes = {
  quick: { shoppers: 20_000, rounds: 6, fairnessShoppers: 5_000, seconds: 3 },
  full: { shoppers: 100_000, rounds: 7, fairnessShoppers: 20_000, seconds: 5 },
}
/** The first rate of an open model, as a part of the rate of the bursts. */
const firstRatePart = 1 / 8

export const benchOptions = {
  quick: flag(`${sizes.quick.rounds} rounds of ${inThousands(sizes.quick.shoppers)} presses`),
  shoppers: integer({
    ...{ min: 2, max: 500_000 },
    help: `presses of a round, as many coupons: ${inThousands(sizes.full.shoppers)} when left out`,
  }),
  rounds: integer({ min: 1, max: 100, help: `measured rounds, ${sizes.full.rounds} when left out` }),
  'bursts-only': flag('leaves out the order of arrival and the rates of an open model'),
  reports: path('FOLDER', 'where the folder of the report is made, reports when left out'),
  url: originOption,
}

export type BenchValues = ValuesOf<typeof benchOptions>

/** What a benchmark does. */
export type BenchPlan = {
  isQuick: boolean
  /** As many coupons as shoppers, in rounds with the baselines. */
  bursts: BurstArguments & { rounds: number }
  /** Undefined when it is left out, as the open model then is too. */
  fairness: FairnessPlan | undefined
  /** The sweep of an open model, from a part of the rate that the bursts had. */
  sweepFrom(persistedPerSecond: number): SteadyPlan
}

export const benchPlanOf = (values: BenchValues): BenchPlan => {
  const isQuick = values.quick
  const size = sizes[isQuick ? 'quick' : 'full']
  const { shoppers = size.shoppers, rounds = size.rounds } = values
  const warmUp = Math.min(shoppers, 20_000)
  const compared = Math.min(shoppers, size.fairnessShoppers)
  return {
    isQuick,
    bursts: { shoppers, stock: shoppers, connections: Math.min(connections, shoppers), warmUp, rounds },
    fairness: values['bursts-only']
      ? undefined
      : {
          ...{ shoppers: compared, stock: compared, connections: Math.min(connections, compared) },
          ...{ rounds: 1, warmUp: Math.min(compared, 2_000) },
        },
    sweepFrom: (persistedPerSecond) => ({
      pressesPerSecond: Math.max(1, Math.round(persistedPerSecond * firstRatePart)),
      seconds: size.seconds,
      warmUpSeconds: size.seconds - 2,
      connections: steadyDefaults.connections,
      sweepP99Ms: steadyDefaults.p99,
    }),
  }
}

/** The command that does the same again, without the names of folders and hosts. */
export const benchCommandLine = ({ isQuick, bursts, fairness }: BenchPlan): string =>
  [
    'npm run bench --',
    ...(isQuick ? ['--quick'] : []),
    `--shoppers ${bursts.shoppers} --rounds ${bursts.rounds}`,
    ...(fairness === undefined ? ['--bursts-only'] : []),
  ].join(' ')
