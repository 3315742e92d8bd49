import cluster from 'node:cluster'
import { Failure, messageOf } from '../failure.ts'

/** One step of going away: what it is called, and at most how long it may take. */
export type StopStep = { name: string; timeoutMs: number; stop(): Promise<unknown> | void }

/** The life of one process: it ends by signal, or because a part of it cannot go on. */
export type ProcessLifecycle = {
  /**
   * Adds a step; steps run in the order in which they were added. Throws `defect` when all of them together could take longer
   * than `stopMsMax`.
   */
  onStop(step: StopStep): void
  /** True from the first signal on, before the first step. */
  isStopping(): boolean
  /** Throws once the process is going away: for work that may wait long. */
  refuseIfStopping(): void
  /** Ends the process with exit code 1 after running the steps; says why in one line. */
  fail(reason: string): void
}

/** Going away takes this long at the most: the promise is 8 s, and the rest is for timers that are late. */
export const stopMsMax = 7_800

/** Exit code of a process that was told to end twice, as a shell reports SIGINT. */
const interrupted = 130

/** Ctrl-C can reach a process twice: from the terminal, and handed on by npm a few milliseconds later. That is one wish. */
const sameSignalMs = 250

const bounded = async ({ name, timeoutMs, stop }: StopStep): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(() => {
    process.stderr.write(`${name} did not end within ${timeoutMs} ms\n`)
    resolve()
  }, timeoutMs)
  try {
    await Promise.race([promise, stop()])
  } catch (cause) {
    process.stderr.write(`${name} did not end well: ${messageOf(cause)}\n`)
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Runs `main` as the whole of this process. The first SIGINT or SIGTERM stops it step by step, within 8 s; a second ends it at once.
 * What `main` throws is told in its own words and ends the process with code 1.
 */
export const runProcess = async (main: (life: ProcessLifecycle) => Promise<void>): Promise<void> => {
  const steps: StopStep[] = []
  let ending = false
  let endingSinceMs = 0
  const end = async (code: number): Promise<void> => {
    if (ending) return
    ending = true
    endingSinceMs = performance.now()
    for (const step of steps) await bounded(step)
    process.exit(code)
  }
  const onSignal = (): void => {
    if (!ending) return void end(0)
    // One of several processes hears of it from the first of them, and from a terminal or systemd too: only that one counts.
    if (cluster.isPrimary && performance.now() - endingSinceMs >= sameSignalMs) process.exit(interrupted)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  const fail = (reason: string): void => {
    process.stderr.write(`${reason}\n`)
    void end(1)
  }
  const onStop = (step: StopStep): void => {
    const totalMs = steps.reduce((sum, { timeoutMs }) => sum + timeoutMs, step.timeoutMs)
    if (totalMs > stopMsMax)
      throw new Failure(
        'defect',
        `going away could take ${totalMs} ms with the step ${step.name}; ${stopMsMax} ms are allowed`,
      )
    steps.push(step)
  }
  const refuseIfStopping = (): void => {
    if (ending) throw new Failure('unavailable', 'the process is going away')
  }
  try {
    await main({ onStop, isStopping: () => ending, refuseIfStopping, fail })
  } catch (cause) {
    fail(messageOf(cause))
  }
}
