import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { findProgram } from '../install/find-program.ts'
import { LaunchError } from '../launch-error.ts'

/** How a process exited: either `code` or `signal` is set. */
export type Exit = { code: number | null; signal: NodeJS.Signals | null }

export type SpawnOptions = {
  command: string
  arguments: readonly string[]
  /** The whole environment. That of this process when left out. */
  environment?: NodeJS.ProcessEnv
  /** Where it runs. In that of this process when left out. */
  workingFolder?: string
  /** Receives everything that the program prints. */
  logFile: string
}

/** An exit in words: "code 1" or "signal SIGKILL". */
export const describeExit = (exit: Exit): string =>
  exit.signal === null ? `code ${exit.code}` : `signal ${exit.signal}`

const tailBytesMax = 16_384

/** The last lines of a file, from its last 16 KB. Empty when the file does not exist. */
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

// With util-linux' setpriv the kernel terminates the child when this process exits, even by SIGKILL. setpriv
// replaces itself with the program, so the pid stays. Elsewhere the record of the pid lets the next start
// clean up.
const boundToParent = (command: string, parameters: readonly string[]): [string, string[]] => {
  const setpriv = process.platform === 'linux' ? findProgram(['setpriv']) : undefined
  const prefix = ['--pdeathsig', 'TERM', '--']
  // Other implementations of setpriv do not have this option.
  if (setpriv === undefined || spawnSync(setpriv, [...prefix, 'true']).status !== 0)
    return [command, [...parameters]]
  return [setpriv, [...prefix, command, ...parameters]]
}

/**
 * Spawns a program in its own process group; its output goes to `logFile`. In the group of this process it
 * would receive Ctrl-C from the terminal too. The servers would exit before the processes that use them.
 */
export const spawnLogged = async (
  options: SpawnOptions,
): Promise<{ child: ChildProcess; pid: number; exited: Promise<Exit> }> => {
  const log = openSync(options.logFile, 'w', 0o600)
  try {
    const [command, parameters] = boundToParent(options.command, options.arguments)
    const child = spawn(command, parameters, {
      detached: true,
      stdio: ['ignore', log, log],
      ...(options.workingFolder === undefined ? {} : { cwd: options.workingFolder }),
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
