import cluster, { type Worker } from 'node:cluster'
import { backoff } from '../backoff.ts'
import { messageOf } from '../failure.ts'
import type { Logger } from '../log/logger.ts'
import { type ProcessLifecycle, stopMsMax } from './run-process.ts'

export type ProcessesOptions = {
  /** Processes that do the work. */
  count: number
  life: ProcessLifecycle
  log: Pick<Logger, 'info' | 'error'>
  monotonicMs(): number
  /** Called once in the supervising process, before it starts the others. */
  prepare(): Promise<void>
  /** A process that ran for less than this exited early. */
  earlyMs?: number
}

/** Early exits of one process in a row after which it is not restarted. */
const earlyExitsMax = 5
const restartFirstMs = 100
const restartMaxMs = 5_000

/**
 * True where each process of a cluster can listen on the shared port itself: the kernel distributes
 * connections. Elsewhere node:cluster accepts connections in the first process and passes them on.
 */
export const canSharePort = (): boolean => cluster.isWorker && process.platform === 'linux'

/**
 * Runs `work` in `count` processes. With one, it runs in this process. With more, this process starts `count`
 * copies of this program, and only supervises them:
 *
 * - A process that exits is restarted after a growing delay.
 * - One that exits early five times in a row ends this process, and with it all others, with code 1.
 * - SIGTERM and SIGINT are forwarded to all, and their exit is awaited. However this process ends, no other
 *   stays.
 */
export const runInProcesses = async (options: ProcessesOptions, work: () => Promise<void>): Promise<void> => {
  if (options.count <= 1 || cluster.isWorker) return work()
  await options.prepare()
  supervise(options)
}

const supervise = (options: ProcessesOptions): void => {
  const { life, log, monotonicMs, earlyMs = 10_000 } = options
  const running = new Map<Worker, Promise<string>>()

  /** Starts a process. Resolves when it has exited, with its exit code or signal in words. */
  const runOnce = async (): Promise<string> => {
    const worker = cluster.fork()
    const { promise: exited, resolve } = Promise.withResolvers<string>()
    worker.once('exit', (code, signal) => resolve(signal === null ? `code ${code}` : `signal ${signal}`))
    // Emitted instead when the process cannot be started.
    worker.once('error', (cause) => resolve(messageOf(cause)))
    running.set(worker, exited)
    log.info({ pid: worker.process.pid }, 'process started')
    const how = await exited
    running.delete(worker)
    return how
  }

  const keepRunning = async (): Promise<void> => {
    for (let exits = 0; exits < earlyExitsMax; ) {
      const startedAtMs = monotonicMs()
      const how = await runOnce()
      if (life.isStopping()) return
      exits = monotonicMs() - startedAtMs < earlyMs ? exits + 1 : 1
      log.error({ how, exits }, 'process exited unexpectedly')
      if (exits < earlyExitsMax) await backoff(exits, restartFirstMs, restartMaxMs)
      if (life.isStopping()) return
    }
    life.fail(`a process exited ${earlyExitsMax} times in a row right after its start; no further restart`)
  }

  const signalAll = (signal: NodeJS.Signals): void => {
    for (const worker of running.keys()) worker.process.kill(signal)
  }

  life.onStop({
    name: 'processes',
    timeoutMs: stopMsMax,
    stop() {
      signalAll('SIGTERM')
      return Promise.all(running.values())
    },
  })
  // After a second signal, or when a process did not exit in time. When this process is killed, node:cluster
  // ends them.
  process.on('exit', () => signalAll('SIGKILL'))
  for (let started = 0; started < options.count; started += 1) void keepRunning()
}
