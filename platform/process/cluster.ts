import cluster, { type Worker } from 'node:cluster'
import { backoff } from '../backoff.ts'
import { messageOf } from '../failure.ts'
import type { Logger } from '../log/logger.ts'
import { type ProcessLifecycle, stopMsMax } from './run-process.ts'

export type SupervisorOptions = {
  /** How many to keep. */
  count: number
  life: ProcessLifecycle
  log: Pick<Logger, 'info' | 'error'>
  monotonicMs(): number
  /** One that lived longer than this had begun well. */
  earlyMs?: number
}

/** Early deaths in a row, of one of the processes, after which it is not started again. */
const earlyDeathsMax = 5
const restartFirstMs = 100
const restartMaxMs = 5_000

/** True in the first process of `count` that are to share the work: it keeps them, and does nothing else. One works alone. */
export const isPrimaryOf = (count: number): boolean => count > 1 && cluster.isPrimary

/**
 * True where a process may listen on the port of its siblings by itself, and the system deals connections out. Elsewhere
 * node:cluster hands connections on from the first process.
 */
export const sharesPort = (): boolean => cluster.isWorker && process.platform === 'linux'

/**
 * Keeps `count` processes of this same program: starts again one that ended, after a while that grows, and ends this process with
 * code 1 when one of them dies again and again right after its start. A signal is handed on to all of them and their end awaited.
 * However this process ends, no other stays.
 */
export const superviseProcesses = (options: SupervisorOptions): void => {
  const { life, log, monotonicMs, earlyMs = 10_000 } = options
  const running = new Map<Worker, Promise<string>>()

  /** Starts one; resolves when it ended, with how. */
  const runOne = async (): Promise<string> => {
    const worker = cluster.fork()
    const { promise: ended, resolve } = Promise.withResolvers<string>()
    worker.once('exit', (code, signal) => resolve(signal === null ? `code ${code}` : `signal ${signal}`))
    // It could not be started at all.
    worker.once('error', (cause) => resolve(messageOf(cause)))
    running.set(worker, ended)
    log.info({ pid: worker.process.pid }, 'one of several processes starts')
    const how = await ended
    running.delete(worker)
    return how
  }

  const keepOne = async (): Promise<void> => {
    for (let deaths = 0; deaths < earlyDeathsMax; ) {
      const startedAtMs = monotonicMs()
      const how = await runOne()
      if (life.isStopping()) return
      deaths = monotonicMs() - startedAtMs < earlyMs ? deaths + 1 : 1
      log.error({ how, deaths }, 'one of several processes ended by itself')
      if (deaths < earlyDeathsMax) await backoff(deaths, restartFirstMs, restartMaxMs)
      if (life.isStopping()) return
    }
    life.fail(`one of the processes died ${earlyDeathsMax} times in a row right after its start; giving up`)
  }

  const endAll = (signal: NodeJS.Signals): void => {
    for (const worker of running.keys()) worker.process.kill(signal)
  }

  life.onStop({
    name: 'processes',
    timeoutMs: stopMsMax,
    stop() {
      endAll('SIGTERM')
      return Promise.all(running.values())
    },
  })
  // At a second signal, or when they did not end in time. When this process is killed, node:cluster ends them.
  process.on('exit', () => endAll('SIGKILL'))
  for (let started = 0; started < options.count; started += 1) void keepOne()
}
