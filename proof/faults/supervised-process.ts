import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { messageOf } from '../../platform/failure.ts'
import { describeExit } from '../../servers/processes/spawn-logged.ts'
import type { ProcessHandle } from '../../servers/processes/start-process.ts'

/**
 * A process that is restarted when it exits by itself, as a supervisor does. Who kills it also starts it
 * again.
 */
export type SupervisedProcess = {
  readonly name: string
  /**
   * Sends SIGKILL. Resolves when the process is gone: true when it was killed. It stays down until `start`.
   */
  kill(): Promise<boolean>
  /** Starts it on its old data, with a few retries. Does nothing while it runs. */
  start(): Promise<void>
  /** Sends SIGSTOP: its connections stay open and get no answer. False when it does not run. */
  pause(): boolean
  resume(): void
  /** Stops it for good, as an operator does. */
  stop(): Promise<void>
  /** Sends SIGKILL and waits for nothing: for the exit of this process. */
  killAtOnce(): void
  /** How often it exited though no fault had struck it. */
  exitsByItself(): number
}

export type SupervisionOptions = {
  name: string
  /** Holds its `log`, and earlier ones as `log.0`, `log.1` and so on. */
  folder: string
  /** Resolves when it runs; a server, when it answers. */
  launch(): Promise<ProcessHandle>
  /** Gets a line for each exit that no fault caused. */
  say(line: string): void
}

const startsMax = 5
const pauseBetweenStartsMs = 300

const lastLinesOf = (handle: ProcessHandle): string =>
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
  let exits = 0

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
      exits += 1
      say(`${name} exited by itself with ${describeExit(exit)}:\n${lastLinesOf(handle)}`)
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
        say(`${name} did not start, retrying: ${messageOf(cause)}`)
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
      // It has just exited, which `watch` handles.
      return false
    }
  }

  /** Waits for the end of a start, which would leave a process that nobody stops. */
  const takeRunning = async (): Promise<ProcessHandle | undefined> => {
    isWanted = false
    await starting?.catch(() => undefined)
    const handle = running
    running = undefined
    return handle
  }

  return {
    name,
    async kill() {
      const handle = await takeRunning()
      handle?.kill()
      // It may have exited by itself just before.
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
      await (await takeRunning())?.stop()
    },
    exitsByItself: () => exits,
  }
}
