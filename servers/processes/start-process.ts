import { renameSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LaunchError } from '../launch-error.ts'
import { isPortTaken } from '../ports.ts'
import { removeProcessRecord, stopRecordedProcess, writeProcessRecord } from './process-record.ts'
import { type Exit, lastLinesOf, type SpawnOptions, spawnLogged } from './spawn-logged.ts'

/** A process that was started here and has to be stopped. */
export type ProcessHandle = {
  readonly name: string
  readonly pid: number
  /** Everything that it prints. */
  readonly logFile: string
  /** Resolves when the process has exited for any reason; never rejects. */
  readonly exited: Promise<Exit>
  /** The last lines that it printed. */
  readonly lastLines: (countMax: number) => string[]
  /**
   * Sends SIGTERM, and SIGKILL when that takes too long. Resolves after the exit. Further calls do nothing
   * more.
   */
  readonly stop: () => Promise<void>
  /** Sends SIGKILL. `exited` tells when the process has exited. */
  readonly kill: () => void
}

export type StartProcessOptions = Omit<SpawnOptions, 'logFile'> & {
  name: string
  /** Holds the log and the record of the pid. */
  folder: string
  /**
   * Where it will listen. A taken port is an error: the process that has it would be mistaken for this one.
   */
  ports?: readonly number[]
  /** From SIGTERM to SIGKILL. */
  stopWithinMs: number
}

const keepPreviousLog = (logFile: string): void => {
  try {
    renameSync(logFile, `${logFile}.previous`)
  } catch {
    // None exists at the first start on this folder.
  }
}

/**
 * Starts a program that runs until it is stopped. First stops the process that an earlier start left on
 * `folder`.
 */
export const startProcess = async (options: StartProcessOptions): Promise<ProcessHandle> => {
  await mkdir(options.folder, { recursive: true })
  await stopRecordedProcess(options.folder)
  for (const port of options.ports ?? []) {
    if (await isPortTaken(port))
      throw new LaunchError(`${options.name} cannot listen on port ${port}: it is taken`)
  }
  const logFile = join(options.folder, 'log')
  keepPreviousLog(logFile)
  const { child, pid, exited } = await spawnLogged({ ...options, logFile })
  await writeProcessRecord(options.folder, pid)
  let stopping: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    const timer = setTimeout(() => child.kill('SIGKILL'), options.stopWithinMs)
    child.kill('SIGTERM')
    await exited
    clearTimeout(timer)
    await removeProcessRecord(options.folder)
  }
  return {
    name: options.name,
    pid,
    logFile,
    exited,
    lastLines: (countMax) => lastLinesOf(logFile, countMax),
    stop: () => (stopping ??= stop()),
    kill: () => void child.kill('SIGKILL'),
  }
}

/** Stops one process after the other. After `withinMs` in all, kills those that still run. */
export const stopInOrder = async (handles: readonly ProcessHandle[], withinMs: number): Promise<void> => {
  const timer = setTimeout(() => {
    for (const handle of handles) handle.kill()
  }, withinMs)
  for (const handle of handles) await handle.stop()
  clearTimeout(timer)
}
