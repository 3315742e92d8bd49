import type { ValuesOf } from '../../platform/command-words.ts'
import { integer } from '../../platform/option.ts'
import { originOption } from './address.ts'

/** How many campaigns are live, and how much is asked in each round. */
export type ManyCampaignsPlan = {
  few: number
  many: number
  /** Rounds with few live campaigns, and as many with many. */
  rounds: number
  /** How long a round lasts. */
  seconds: number
  connections: number
  pressesPerSecond: number
}

export const manyCampaignsOptions = {
  few: integer({ default: 10, min: 3, max: 1_000, help: 'campaigns that are live at first' }),
  many: integer({ default: 1_000, min: 4, max: 10_000, help: 'campaigns that are live later' }),
  rounds: integer({ default: 5, min: 1, max: 50, help: 'rounds with few campaigns, and as many with many' }),
  seconds: integer({ default: 5, min: 1, max: 60, help: 'seconds of a round' }),
  connections: integer({ default: 32, min: 1, max: 1_024, help: 'connections that ask for lists' }),
  rate: integer({ default: 100, min: 1, max: 5_000, help: 'presses a second beside them' }),
  url: originOption,
}

export const manyCampaignsPlanOf = ({
  rate,
  url: _,
  ...plan
}: ValuesOf<typeof manyCampaignsOptions>): ManyCampaignsPlan => ({ ...plan, pressesPerSecond: rate })

/** The command that does the same again, without the names of hosts. */
export const manyCampaignsCommandLine = (plan: ManyCampaignsPlan): string =>
  `npm run load -- many-campaigns --few ${plan.few} --many ${plan.many} --rounds ${plan.rounds} ` +
  `--seconds ${plan.seconds} --connections ${plan.connections} --rate ${plan.pressesPerSecond}`
