import type { ValuesOf } from '../../platform/command-words.ts'
import { flag, integer, path } from '../../platform/option.ts'
import { originOption } from '../arguments/address.ts'
import type { BurstArguments } from '../arguments/burst.ts'
import { inThousands } from '../report/numbers.ts'

const connections = 256
// Six rounds are the fewest in which a paired test can find a difference: 2 of 64 signs are below 5 %.
const sizes = { quick: { shoppers: 20_000, rounds: 6 }, full: { shoppers: 100_000, rounds: 7 } }

export const benchOptions = {
  quick: flag(`${sizes.quick.rounds} rounds of ${inThousands(sizes.quick.shoppers)} presses`),
  shoppers: integer({
    ...{ min: 2, max: 500_000 },
    help: `presses of a round, as many coupons: ${inThousands(sizes.full.shoppers)} when left out`,
  }),
  rounds: integer({ min: 1, max: 100, help: `measured rounds, ${sizes.full.rounds} when left out` }),
  reports: path('FOLDER', 'where the folder of the report is made, reports when left out'),
  url: originOption,
}

export type BenchValues = ValuesOf<typeof benchOptions>

/** What a benchmark presses: as many coupons as shoppers, over the connections of a burst. */
export type BenchPlan = BurstArguments & { rounds: number }

export const benchPlanOf = (values: BenchValues): BenchPlan => {
  const size = sizes[values.quick ? 'quick' : 'full']
  const { shoppers = size.shoppers, rounds = size.rounds } = values
  const warmUp = Math.min(shoppers, 20_000)
  return { shoppers, stock: shoppers, connections: Math.min(connections, shoppers), warmUp, rounds }
}

/** The command that does the same again, without the names of folders and hosts. */
export const benchCommandLine = ({ shoppers, rounds }: BenchPlan): string =>
  `npm run bench -- --shoppers ${shoppers} --rounds ${rounds}`
