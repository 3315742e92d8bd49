import type { ValuesOf } from '../../platform/command-words.ts'
import { integer } from '../../platform/option.ts'
import { originOption } from './address.ts'

/** How long processes are frozen while people press. Times are whole seconds. */
export type OutagePlan = {
  /** One process; undefined for Kafka, the database and Redis of `npm start`, one after the other. */
  pid: number | undefined
  seconds: number
  before: number
  after: number
  presses: number
}

/** Those of a drain. */
export const drainOptions = {
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

export const outageOptions = {
  pid: integer({
    min: 2,
    max: 4_194_304,
    help: 'the process that is frozen. When left out: Kafka, the database and Redis of npm start in turn',
  }),
  ...drainOptions,
}

type OutageValues = ValuesOf<typeof drainOptions> & { pid?: number | undefined }

export const outagePlanOf = ({ pid, seconds, before, after, presses }: OutageValues): OutagePlan => ({
  ...{ pid, seconds, before, after, presses },
})

/** The command that does the same again, on another process. */
export const outageCommandLine = (
  name: 'outage' | 'drain',
  { pid, seconds, before, after, presses }: OutagePlan,
): string =>
  [
    `npm run load -- ${name}`,
    ...(pid === undefined ? [] : ['--pid PID']),
    `--seconds ${seconds} --before ${before} --after ${after} --presses ${presses}`,
  ].join(' ')
