import { setTimeout as delay } from 'node:timers/promises'
import { throwIfAborted, LaunchError } from '../launch-error.ts'
import { describeExit, lastLinesOf, spawnLogged } from './start-process.ts'

export type RunProgramOptions = {
  command: string
  arguments: readonly string[]
  /** Everything it prints; its last lines are part of the fault. */
  logFile: string
  environment?: NodeJS.ProcessEnv
  timeoutMs: number
  signal?: AbortSignal | undefined
}

const killAfterMs = 3_000
// A member that ended counts until it is reaped, and in some containers nobody reaps orphans.
const waitAfterKillMs = 500

// False once no process of the group is left.
const signalGroup = (group: number, name: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(-group, name)
  } catch {
    return false
  }
}

// The whole group, because apt-get, mvn and mariadb-install-db start programs of their own, which end after them.
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

/** Runs a program to its end. Throws a StartFault with its last output unless it ends with 0 in time. */
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
  const output = lastLinesOf(options.logFile, 8).map((text) => `    ${text}`)
  throw new LaunchError(
    [`${line}\n  ended with ${describeExit(exit)} (${options.logFile}):`, ...output].join('\n'),
  )
}
