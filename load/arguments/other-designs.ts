import type { ValuesOf } from '../../platform/command-words.ts'
import { integer } from '../../platform/option.ts'
import { originOption } from './address.ts'

/** Presses for half as many coupons, on each design and on the system, in each round. */
export type OtherDesignsPlan = { shoppers: number; rounds: number; connections: number }

export const otherDesignsOptions = {
  shoppers: integer({ default: 4_000, min: 100, max: 100_000, help: 'presses, for half as many coupons' }),
  rounds: integer({ default: 5, min: 1, max: 50, help: 'measured rounds; one before them warms up' }),
  connections: integer({ default: 64, min: 2, max: 1_024, help: 'connections that press at once' }),
  url: originOption,
}

export const otherDesignsPlanOf = ({
  shoppers,
  rounds,
  connections,
}: ValuesOf<typeof otherDesignsOptions>): OtherDesignsPlan => ({ shoppers, rounds, connections })

/** The command that does the same again, without the names of hosts. */
export const otherDesignsCommandLine = ({ shoppers, rounds, connections }: OtherDesignsPlan): string =>
  `npm run load -- other-designs --shoppers ${shoppers} --rounds ${rounds} --connections ${connections}`
