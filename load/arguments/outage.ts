import type { ValuesOf } from '../../platform/command-words.ts'
import { integer } from '../../platform/option.ts'
import { originOption } from './address.ts'

/** A process that is frozen while people press. Times are whole seconds. */
export type OutagePlan = { pid: number; seconds: number; before: number; after: number; presses: number }

export const outageOptions = {
  pid: integer({ min: 2, max: 4_194_304, help: 'the process that is frozen: a worker, or a server' }),
  seconds: integer({ default: 30, min: 1, max: 300, help: 'how long it is frozen' }),
  before: integer({ default: 5, min: 1, max: 60, help: 'seconds before it is frozen' }),
  after: integer({ default: 15, min: 1, max: 300, help: 'seconds for which people press on afterwards' }),
  presses: integer({
    default: 200,
    min: 1,
    max: 2_000,
    help: 'people who press for the first time, a second',
  }),
  url: originOption,
}

type OutageValues = ValuesOf<typeof outageOptions>

/** Without a process there is nothing to freeze. */
export const checkOutage = ({ pid }: Partial<OutageValues>): string[] =>
  pid === undefined ? ['--pid is missing: expected the id of a process, 2 to 4194304'] : []

export const outagePlanOf = ({ pid = 0, seconds, before, after, presses }: OutageValues): OutagePlan => ({
  ...{ pid, seconds, before, after, presses },
})

/** The command that does the same again, on another process. */
export const outageCommandLine = ({ seconds, before, after, presses }: OutagePlan): string =>
  `npm run load -- outage --pid PID --seconds ${seconds} --before ${before} --after ${after} --presses ${presses}`
