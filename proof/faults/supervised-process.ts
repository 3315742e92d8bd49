import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { messageOf } from '../../platform/failure.ts'
import { describeExit } from '../../servers/processes/spawn-logged.ts'
import type { ProcessHandle } from '../../servers/processes/start-process.ts'

/** A process that is started again, as a supervisor does, when it ends by itself; who kills it starts it again too. */
export type SupervisedProcess = {
  readonly name: string
  /** SIGKILL, at any moment. Resolves once it is gone, with whether there was anything to kill; nothing starts it again until `start`. */
  kill(): Promise<boolean>
  /** Starts it, on what it left behind; does nothing while it runs. One that does not come up is tried again, a few times. */
  start(): Promise<void>
  /** SIGSTOP: its connections stay, and nobody answers. False when it does not run. */
  pause(): boolean
  resume(): void
  /** Ends it for good, as an operator does. */
  stop(): Promise<void>
  /** SIGKILL without waiting for anything: for the end of the process that started it. */
  killAtOnce(): void
  /** How often it ended though nobody had struck it. */
  endedByItself(): number
}

export type SupervisionOptions = {
  name: string
  /** Where its log lies, as `log`: earlier ones are kept beside it. */
  folder: string
  /** Resolves when it runs, or, for a server, when it answers. */
  launch(): Promise<ProcessHandle>
  /** Told what nobody ordered. */
  say(line: string): void
}

const startsMax = 5
const pauseBetweenStartsMs = 300

const lastWords = (handle: ProcessHandle): string =>
  handle
    .lastLines(12)
    .map((line) => `    ${line.slice(0, 300)}`)
    .join('\n')

/** Nothing runs until `start`. */
export const superviseProcess = ({ name, folder, launch, say }: SupervisionOptions): SupervisedProcess => {
  let running: ProcessHandle | undefined
  let starting: Promise<void> | undefined
  let isWanted = false
  let starts = 0
  let ends = 0

  const keepLog = (): void => {
    const log = join(folder, 'log')
    if (existsSync(log)) renameSync(log, `${log}.${starts}`)
    starts += 1
  }

  const watch = (handle: ProcessHandle): void => {
    void handle.exited.then((exit) => {
      if (running !== handle) return
      running = undefined
      if (!isWanted) return
      ends += 1
      say(`${name} ended by itself with ${describeExit(exit)}:\n${lastWords(handle)}`)
      void wait(pauseBetweenStartsMs).then(() => (isWanted ? begin() : undefined))
    })
  }

  const tryToStart = async (): Promise<void> => {
    for (let attempt = 1; isWanted && running === undefined; attempt += 1) {
      try {
        keepLog()
        running = await launch()
        watch(running)
      } catch (cause) {
        if (attempt >= startsMax) throw cause
        say(`${name} did not start, trying again: ${messageOf(cause)}`)
        await wait(pauseBetweenStartsMs)
      }
    }
  }
  /** One start at a time. */
  const begin = (): Promise<void> =>
    (starting ??= tryToStart().finally(() => {
      starting = undefined
    }))

  const signal = (what: NodeJS.Signals): boolean => {
    if (running === undefined) return false
    try {
      return process.kill(running.pid, what)
    } catch {
      // It has just ended: whoever watches it knows.
      return false
    }
  }

  /** Not amid a start: that would leave a process that nobody knows. */
  const taken = async (): Promise<ProcessHandle | undefined> => {
    isWanted = false
    await starting?.catch(() => undefined)
    const handle = running
    running = undefined
    return handle
  }

  return {
    name,
    async kill() {
      const handle = await taken()
      handle?.kill()
      // One that had ended by itself just then was not killed.
      return (await handle?.exited)?.signal === 'SIGKILL'
    },
    start() {
      isWanted = true
      return begin()
    },
    pause: () => signal('SIGSTOP'),
    resume: () => void signal('SIGCONT'),
    killAtOnce: () => void signal('SIGKILL'),
    async stop() {
      signal('SIGCONT')
      await (await taken())?.stop()
    },
    endedByItself: () => ends,
  }
}
