import { once } from 'node:events'
import { Failure } from '../../platform/failure.ts'
import type { ProgressDisplay } from '../../platform/progress-display.ts'
import { LaunchError } from '../launch-error.ts'
import { describeExit, type Exit } from '../processes/spawn-logged.ts'
import type { ProcessHandle } from '../processes/start-process.ts'

/** Things that are stopped together. When a process of `handles` exits early, the whole launch has failed. */
type ShutdownGroup = {
  readonly name: string
  readonly handles: readonly ProcessHandle[]
  readonly stop: () => Promise<void>
}

/** What the work of `runUntilStopped` receives. */
export type LaunchScope = {
  /** Aborts when the shutdown begins. */
  readonly signal: AbortSignal
  /**
   * Watches `group` from now on and stops it at shutdown: the group that was registered last is stopped
   * first.
   */
  readonly register: (group: ShutdownGroup) => void
}

// Under npm one Ctrl-C arrives twice: from the terminal, and from npm some milliseconds later.
const repeatedSignalMs = 1_000

const describeEarlyExit = (handle: ProcessHandle, exit: Exit): string =>
  [
    `${handle.name} exited unexpectedly with ${describeExit(exit)}. Its last output (${handle.logFile}):`,
    ...handle.lastLines(5).map((line) => `  ${line.slice(0, 500)}`),
  ].join('\n')

/** The message of an error that the user can solve; for any other error its stack. */
const describeError = (thrown: unknown): string => {
  if (thrown instanceof LaunchError || thrown instanceof Failure) return thrown.message
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
}

/**
 * Runs `work`, waits for SIGINT, SIGTERM or SIGHUP, then stops every group in turn. Resolves with the exit
 * code: 0 after a signal, 1 when `work` threw or a process exited unexpectedly. A second signal kills every
 * process and exits.
 */
export const runUntilStopped = async (
  progress: ProgressDisplay,
  work: (scope: LaunchScope) => Promise<void>,
): Promise<number> => {
  const shutdown = new AbortController()
  const groups: ShutdownGroup[] = []
  let exitCode = 0
  let shutdownAtMs = 0

  const shutDown = (code: number, message: string): void => {
    if (shutdown.signal.aborted) return
    exitCode = code
    shutdownAtMs = Date.now()
    progress.say(message)
    shutdown.abort()
  }

  const onSignal = (): void => {
    if (!shutdown.signal.aborted) return shutDown(0, '\nstopping; press Ctrl-C again to kill at once')
    if (Date.now() - shutdownAtMs < repeatedSignalMs) return
    for (const handle of groups.flatMap((group) => group.handles)) handle.kill()
    progress.say('killed')
    process.exit(130)
  }

  const register = (group: ShutdownGroup): void => {
    groups.unshift(group)
    for (const handle of group.handles)
      void handle.exited.then((exit) => shutDown(1, describeEarlyExit(handle, exit)))
  }

  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, onSignal)
  try {
    await work({ signal: shutdown.signal, register })
    if (!shutdown.signal.aborted) await once(shutdown.signal, 'abort')
  } catch (cause) {
    shutDown(1, describeError(cause))
  }
  for (const group of groups) {
    try {
      await progress.step(`stopping ${group.name}`, group.stop)
    } catch (cause) {
      // The other groups are still stopped.
      exitCode = 1
      progress.say(describeError(cause))
    }
  }
  if (groups.some((group) => group.handles.length > 0)) progress.say('stopped')
  return exitCode
}
