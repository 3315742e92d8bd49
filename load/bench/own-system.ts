import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { Failure } from '../../platform/failure.ts'

const launcher = join(import.meta.dirname, '..', '..', 'servers', 'main.ts')

/** Thrown through the work when a signal ends it. */
export const interruption = Symbol('interrupted')

/** The environment file that `npm start` writes into its folder; empty when it is missing. */
export const readKeptEnvironment = async (folder: string): Promise<NodeJS.ProcessEnv> => {
  try {
    return parseEnv(await readFile(join(folder, 'environment'), 'utf8'))
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return {}
    throw cause
  }
}

/**
 * Runs `npm start` on `folder` and free ports while `work` runs, and stops it whatever happens. `work` is
 * given the environment that reaches it. A signal throws `interruption`; a system that ends throws
 * `unavailable`.
 */
export const withOwnSystem = async <Result>(
  { folder, environment }: { folder: string; environment: NodeJS.ProcessEnv },
  work: (environment: NodeJS.ProcessEnv) => Promise<Result>,
): Promise<Result> => {
  // A group of its own: Ctrl-C reaches it once, from here.
  const child = spawn(process.execPath, [launcher, '--fresh', '--free-ports', '--json'], {
    env: { ...environment, FIRSTCOME_FOLDER: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  const exited = once(child, 'exit')
  const ended = exited.then(() => {
    throw new Failure('unavailable', 'the system of this benchmark ended: the reason stands above')
  })
  const interrupted = Promise.withResolvers<never>()
  const onSignal = (): void => {
    // The launcher tells a second Ctrl-C from the same one that npm passes on.
    child.kill('SIGINT')
    interrupted.reject(interruption)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, onSignal)
  const unlessEnded = <Value>(value: Promise<Value>): Promise<Value> =>
    Promise.race([value, ended, interrupted.promise])
  // Both may reject after the race.
  for (const loser of [ended, interrupted.promise]) loser.catch(() => undefined)
  try {
    // It says what runs when all of it is ready.
    await unlessEnded(once(child.stdout, 'data'))
    return await unlessEnded(work({ ...environment, ...(await readKeptEnvironment(folder)) }))
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT')
    await exited
    for (const signal of signals) process.off(signal, onSignal)
  }
}
