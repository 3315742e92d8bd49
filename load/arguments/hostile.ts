import type { ValuesOf } from '../../platform/command-words.ts'
import { integer } from '../../platform/option.ts'
import { originOption } from './address.ts'

/** How long and how often each bad client is compared with a stretch without it. */
export type HostilePlan = {
  /** Stretches with each bad client, and as many without. */
  pairs: number
  /** Of each stretch. */
  seconds: number
  /** Of people who behave well. */
  pressesPerSecond: number
}

export const hostileOptions = {
  pairs: integer({
    default: 5,
    min: 1,
    max: 20,
    help: 'stretches with each bad client, and as many without',
  }),
  seconds: integer({ default: 2, min: 1, max: 60, help: 'of each stretch' }),
  presses: integer({ default: 150, min: 10, max: 2_000, help: 'presses a second of people who behave' }),
  url: originOption,
}

export const hostilePlanOf = ({ pairs, seconds, presses }: ValuesOf<typeof hostileOptions>): HostilePlan => ({
  pairs,
  seconds,
  pressesPerSecond: presses,
})

/** The command that does the same again, without the names of hosts. */
export const hostileCommandLine = ({ pairs, seconds, pressesPerSecond }: HostilePlan): string =>
  `npm run load -- hostile --pairs ${pairs} --seconds ${seconds} --presses ${pressesPerSecond}`
