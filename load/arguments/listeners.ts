import type { ValuesOf } from '../../platform/command-words.ts'
import { integer } from '../../platform/option.ts'
import { originOption } from './address.ts'
import { commandLineOf } from './command-line.ts'
import { connectionsOption, warmUpOption } from './shared-options.ts'

/** Bursts beside listeners, and bursts without. */
export type ListenersPlan = {
  /** Streams of the campaign that are open during every other burst. */
  listeners: number
  /** Consoles of operators that are open with them. */
  consoles: number
  /** Presses of each burst. */
  presses: number
  /** Bursts with listeners, and as many without. */
  pairs: number
  connections: number
  warmUp: number
}

export const listenersOptions = {
  listeners: integer({
    default: 5_000,
    min: 1,
    max: 60_000,
    help: 'streams of events that are open beside a burst; the API has places for LISTENERS_MAX',
  }),
  consoles: integer({
    default: 1,
    min: 0,
    max: 100,
    help: 'consoles of operators that are open with them, and watch the campaign',
  }),
  presses: integer({ default: 30_000, min: 10, max: 100_000, help: 'presses of each burst' }),
  pairs: integer({ default: 5, min: 1, max: 20, help: 'bursts with listeners, and as many without' }),
  connections: connectionsOption(256),
  'warm-up': warmUpOption,
  url: originOption,
}

export const listenersPlanOf = ({
  listeners,
  consoles,
  presses,
  pairs,
  connections,
  ...values
}: ValuesOf<typeof listenersOptions>): ListenersPlan => ({
  ...{ listeners, consoles, presses, pairs, connections },
  warmUp: values['warm-up'],
})

export const listenersCommandLine = (plan: ListenersPlan): string => {
  const { listeners, consoles, presses, pairs, connections, warmUp } = plan
  return commandLineOf('listeners', { listeners, consoles, presses, pairs, connections, 'warm-up': warmUp })
}
