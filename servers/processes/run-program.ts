import { setTimeout as delay } from 'node:timers/promises'
import { LaunchError, throwIfAborted } from '../launch-error.ts'
import { describeExit, lastLinesOf, type SpawnOptions, spawnLogged } from './spawn-logged.ts'

export type RunProgramOptions = SpawnOptions & {
  timeoutMs: number
  signal?: AbortSignal | undefined
  /** How a line begins behind which the program only advises: what went wrong stands before it. */
  adviceFrom?: string
}

const killAfterMs = 3_000
// A process that has exited counts as one of its group until it is reaped, and some containers do not reap
// orphans.
const waitAfterKillMs = 500

/** False when no process of the group exists. */
const signalGroup = (group: number, name: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(-group, name)
  } catch {
    return false
  }
}

// The whole group: apt-get, mvn and mariadb-install-db start programs that exit after them.
const endGroup = async (group: number): Promise<void> => {
  const killAt = Date.now() + killAfterMs
  let name: NodeJS.Signals = 'SIGTERM'
  signalGroup(group, name)
  while (signalGroup(group, 0) && Date.now() < killAt + waitAfterKillMs) {
    if (name === 'SIGTERM' && Date.now() > killAt) {
      name = 'SIGKILL'
      signalGroup(group, name)
    }
    await delay(20)
  }
}

const linesShown = 8

const lastWords = ({ logFile, adviceFrom }: RunProgramOptions): string[] => {
  const lines = lastLinesOf(logFile, Infinity)
  const advice = adviceFrom === undefined ? -1 : lines.findIndex((line) => line.startsWith(adviceFrom))
  return (advice < 1 ? lines : lines.slice(0, advice)).slice(-linesShown)
}

/**
 * Runs a program until it exits. Throws a LaunchError with its last output unless it exits with 0 in time.
 */
export const runProgram = async (options: RunProgramOptions): Promise<void> => {
  throwIfAborted(options.signal)
  const { pid, exited } = await spawnLogged(options)
  const timeout = AbortSignal.timeout(options.timeoutMs)
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout])
  let ending = Promise.resolve()
  const end = (): void => {
    ending = endGroup(pid)
  }
  signal.addEventListener('abort', end)
  // It may have aborted while the program was being spawned.
  if (signal.aborted) end()
  const exit = await exited
  signal.removeEventListener('abort', end)
  await ending
  throwIfAborted(options.signal)
  if (exit.code === 0) return
  const line = [options.command, ...options.arguments].join(' ')
  const output = lastWords(options).map((text) => `    ${text}`)
  throw new LaunchError(
    [`${line}\n  exited with ${describeExit(exit)} (${options.logFile}):`, ...output].join('\n'),
  )
}
