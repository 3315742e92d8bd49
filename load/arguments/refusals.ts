import type { ValuesOf } from '../../platform/command-words.ts'
import { integer } from '../../platform/option.ts'
import { metricsOption, originOption } from './address.ts'

/** How much of each kind is sent. */
export type RefusalsPlan = {
  /** Requests of each kind in a round. */
  requests: number
  /** Measured rounds; one before them warms up. */
  rounds: number
  connections: number
}

export const refusalsOptions = {
  requests: integer({ default: 2_000, min: 100, max: 50_000, help: 'requests of each kind in a round' }),
  rounds: integer({ default: 3, min: 1, max: 20, help: 'measured rounds; one before them warms up' }),
  connections: integer({ default: 64, min: 2, max: 1_024, help: 'connections that ask at once' }),
  url: originOption,
  metrics: metricsOption,
}

export const refusalsPlanOf = ({
  requests,
  rounds,
  connections,
}: ValuesOf<typeof refusalsOptions>): RefusalsPlan => ({ requests, rounds, connections })

/** The command that does the same again, without the names of hosts. */
export const refusalsCommandLine = ({ requests, rounds, connections }: RefusalsPlan): string =>
  `npm run load -- refusals --requests ${requests} --rounds ${rounds} --connections ${connections}`
