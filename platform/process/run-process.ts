import cluster from 'node:cluster'
import { Failure, messageOf } from '../failure.ts'

/** One step of the shutdown. It is abandoned after `timeoutMs`. */
export type StopStep = { name: string; timeoutMs: number; stop(): Promise<unknown> | void }

/** The life of one process, which ends by a signal, or because one of its parts failed. */
export type ProcessLifecycle = {
  /**
   * Adds shutdown steps; they run in the order in which they were added. Throws `defect` when all steps
   * together could take longer than `stopMsMax`.
   */
  onStop(...steps: StopStep[]): void
  /** True from the first signal on, before the first step. */
  isStopping(): boolean
  /** Throws `unavailable` once the process is stopping: for work that may wait long. */
  refuseIfStopping(): void
  /** Writes the reason to standard error, runs the steps and exits with code 1. */
  fail(reason: string): void
}

/** The longest shutdown: 8 s are promised, and timers can be late. */
export const stopMsMax = 7_800

/** The exit code after a second signal, as a shell reports SIGINT. */
const interruptedCode = 130

/**
 * Ctrl-C can arrive twice: from the terminal, and a few milliseconds later from npm. That counts as one
 * signal.
 */
const sameSignalMs = 250

const runStep = async ({ name, timeoutMs, stop }: StopStep): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(() => {
    process.stderr.write(`${name} did not stop within ${timeoutMs} ms\n`)
    resolve()
  }, timeoutMs)
  try {
    await Promise.race([promise, stop()])
  } catch (cause) {
    process.stderr.write(`${name} failed to stop: ${messageOf(cause)}\n`)
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Runs `main` as this process. The first SIGINT or SIGTERM runs the shutdown steps, within 8 s, and exits
 * with code 0. A second one exits at once with code 130. When `main` throws, the message goes to standard
 * error and the exit code is 1.
 */
export const runProcess = async (main: (life: ProcessLifecycle) => Promise<void>): Promise<void> => {
  const steps: StopStep[] = []
  let stopping = false
  let stoppingSinceMs = 0
  const stop = async (code: number): Promise<void> => {
    if (stopping) return
    stopping = true
    stoppingSinceMs = performance.now()
    for (const step of steps) await runStep(step)
    process.exit(code)
  }
  const onSignal = (): void => {
    if (!stopping) return void stop(0)
    // A process of a cluster can get a signal from the supervisor and from the terminal: only the supervisor
    // counts them.
    if (cluster.isPrimary && performance.now() - stoppingSinceMs >= sameSignalMs)
      process.exit(interruptedCode)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  const fail = (reason: string): void => {
    process.stderr.write(`${reason}\n`)
    void stop(1)
  }
  const addStep = (step: StopStep): void => {
    const totalMs = steps.reduce((sum, { timeoutMs }) => sum + timeoutMs, step.timeoutMs)
    if (totalMs > stopMsMax)
      throw new Failure(
        'defect',
        `with the step ${step.name} the shutdown could take ${totalMs} ms; ${stopMsMax} ms are allowed`,
      )
    steps.push(step)
  }
  const refuseIfStopping = (): void => {
    if (stopping) throw new Failure('unavailable', 'the process is stopping')
  }
  try {
    await main({
      onStop: (...added) => added.forEach(addStep),
      isStopping: () => stopping,
      refuseIfStopping,
      fail,
    })
  } catch (cause) {
    fail(messageOf(cause))
  }
}
