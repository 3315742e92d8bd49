import { once } from 'node:events'
import { LaunchError } from '../launch-error.ts'
import { describeExit, type Exit, type ProcessHandle } from '../processes/start-process.ts'
import type { ProgressDisplay } from '../../platform/progress-display.ts'

/** Things that are stopped together. The end of one of `handles` by itself is a failure of the whole. */
type ShutdownGroup = {
  readonly name: string
  readonly handles: readonly ProcessHandle[]
  readonly stop: () => Promise<void>
}

/** What the work of `runUntilStopped` is given. */
export type LaunchScope = {
  /** Aborts when everything is to stop. */
  readonly signal: AbortSignal
  /** From now on `group` is watched, and stopped at the end: the last kept is stopped first. */
  readonly keep: (group: ShutdownGroup) => void
}

// Ctrl-C reaches us twice under npm: from the terminal, and forwarded by npm a few milliseconds later.
const repeatedSignalMs = 1_000

const describeDeath = (handle: ProcessHandle, exit: Exit): string =>
  [
    `${handle.name} ended by itself with ${describeExit(exit)}. Its last output (${handle.logFile}):`,
    ...handle.lastLines(5).map((line) => `  ${line.slice(0, 500)}`),
  ].join('\n')

const describeFault = (fault: unknown): string => {
  if (fault instanceof LaunchError) return fault.message
  return fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)
}

/**
 * Runs `work`, then waits for SIGINT, SIGTERM or SIGHUP; then stops every group in turn. Resolves with the exit code: 0
 * when told to stop, 1 when `work` threw or something ended by itself. A second signal kills everything and exits.
 */
export const runUntilStopped = async (
  progress: ProgressDisplay,
  work: (run: LaunchScope) => Promise<void>,
): Promise<number> => {
  const ending = new AbortController()
  const groups: ShutdownGroup[] = []
  let exitCode = 0
  let endedAtMs = 0

  const end = (code: number, message: string): void => {
    if (ending.signal.aborted) return
    exitCode = code
    endedAtMs = Date.now()
    progress.say(message)
    ending.abort()
  }

  const onSignal = (): void => {
    if (!ending.signal.aborted) return end(0, '\nstopping; Ctrl-C again kills at once')
    if (Date.now() - endedAtMs < repeatedSignalMs) return
    for (const handle of groups.flatMap((group) => group.handles)) handle.kill()
    progress.say('killed')
    process.exit(130)
  }

  const keep = (group: ShutdownGroup): void => {
    groups.unshift(group)
    for (const handle of group.handles) void handle.exited.then((exit) => end(1, describeDeath(handle, exit)))
  }

  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, onSignal)
  try {
    await work({ signal: ending.signal, keep })
    if (!ending.signal.aborted) await once(ending.signal, 'abort')
  } catch (fault) {
    end(1, describeFault(fault))
  }
  for (const group of groups) {
    try {
      await progress.step(`stopping ${group.name}`, group.stop)
    } catch (fault) {
      // The others are stopped all the same.
      exitCode = 1
      progress.say(describeFault(fault))
    }
  }
  if (groups.some((group) => group.handles.length > 0)) progress.say('stopped')
  return exitCode
}
