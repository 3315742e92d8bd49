import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fstatSync, openSync, readSync, renameSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LaunchError } from '../launch-error.ts'
import { isPortTaken } from '../ports.ts'
import { findProgram } from '../install/find-program.ts'
import { removeProcessRecord, stopRecordedProcess, writeProcessRecord } from './process-record.ts'

/** How a process ended: one of the two is set. */
export type Exit = { code: number | null; signal: NodeJS.Signals | null }

/** A process that we started and must end. */
export type ProcessHandle = {
  readonly name: string
  readonly pid: number
  /** Everything it prints. */
  readonly logFile: string
  /** Resolves when it has ended, whoever ended it; never rejects. */
  readonly exited: Promise<Exit>
  /** The last lines it printed. */
  readonly lastLines: (countMax: number) => string[]
  /** SIGTERM, and SIGKILL when it has not ended in time. Resolves once it is gone. May be called again. */
  readonly stop: () => Promise<void>
  /** SIGKILL, as a crash would. Await `exited` to know that it is gone. */
  readonly kill: () => void
}

export type StartProcessOptions = {
  name: string
  command: string
  arguments: readonly string[]
  /** Holds its log and the record of its pid. */
  folder: string
  /** Where it will listen. Taken ones are refused: whoever listens there would be mistaken for it. */
  ports?: readonly number[]
  /** Its whole environment. Ours, when left out. */
  environment?: NodeJS.ProcessEnv
  /** From SIGTERM to SIGKILL. */
  stopWithinMs: number
}

const tailBytesMax = 16_384

/** The last lines of a file, of its last 16 KB. Empty when there is no such file. */
export const lastLinesOf = (file: string, countMax: number): string[] => {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch {
    return []
  }
  const size = fstatSync(descriptor).size
  const bytes = Buffer.alloc(Math.min(size, tailBytesMax))
  readSync(descriptor, bytes, 0, bytes.length, size - bytes.length)
  closeSync(descriptor)
  const lines = bytes.toString('utf8').split('\n')
  return lines.filter((line) => line.trim() !== '').slice(-countMax)
}

/** An exit in words: "code 1" or "signal SIGKILL". */
export const describeExit = (exit: Exit): string =>
  exit.signal === null ? `code ${exit.code}` : `signal ${exit.signal}`

// Where util-linux' setpriv exists, the kernel ends our children with us, even when we are killed with SIGKILL. It
// replaces itself by the program, so the pid stays. Elsewhere the record of the pid lets the next start clean up.
const boundToUs = (command: string, parameters: readonly string[]): [string, string[]] => {
  const setpriv = process.platform === 'linux' ? findProgram(['setpriv']) : undefined
  const prefix = ['--pdeathsig', 'TERM', '--']
  // Other makes of setpriv do not know this option.
  if (setpriv === undefined || spawnSync(setpriv, [...prefix, 'true']).status !== 0)
    return [command, [...parameters]]
  return [setpriv, [...prefix, command, ...parameters]]
}

/**
 * Spawns a program in a process group of its own, with what it prints in `log`. Of its own, because a terminal sends
 * Ctrl-C to the whole group: the servers would be gone before the processes that use them have finished.
 */
export const spawnLogged = async (
  options: Pick<StartProcessOptions, 'command' | 'arguments' | 'environment'> & { logFile: string },
): Promise<{ child: ChildProcess; pid: number; exited: Promise<Exit> }> => {
  const log = openSync(options.logFile, 'w', 0o600)
  try {
    const [command, parameters] = boundToUs(options.command, options.arguments)
    const child = spawn(command, parameters, {
      detached: true,
      stdio: ['ignore', log, log],
      ...(options.environment === undefined ? {} : { env: options.environment }),
    })
    const exited = new Promise<Exit>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }))
    })
    await once(child, 'spawn')
    if (child.pid === undefined) throw new LaunchError(`${options.command} has no process id`)
    return { child, pid: child.pid, exited }
  } finally {
    closeSync(log)
  }
}

const keepPreviousLog = (logFile: string): void => {
  try {
    renameSync(logFile, `${logFile}.previous`)
  } catch {
    // There was none: the first start on this folder.
  }
}

/** Starts a program that runs until it is stopped. What an earlier start left running on `folder` is stopped first. */
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

/** Stops one after the other. When `withinMs` are over, all that are left are killed. */
export const stopInOrder = async (handles: readonly ProcessHandle[], withinMs: number): Promise<void> => {
  const timer = setTimeout(() => {
    for (const handle of handles) handle.kill()
  }, withinMs)
  for (const handle of handles) await handle.stop()
  clearTimeout(timer)
}
