import { Failure, messageOf } from './failure.ts'

/** One step of going away: what it is called, and at most how long it may take. */
export type StopStep = { name: string; timeoutMs: number; stop(): Promise<void> | void }

/** The life of one process: it ends by signal, or because a part of it cannot go on. */
export type ProcessLife = {
  /** Adds a step; steps run in the order in which they were added. */
  onStop(step: StopStep): void
  /** Throws once the process is going away: for work that may wait long. */
  refuseIfStopping(): void
  /** Ends the process with exit code 1 after running the steps; says why in one line. */
  fail(reason: string): void
}

/** Exit code of a process that was told to end twice, as a shell reports SIGINT. */
const interrupted = 130

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
 * Runs `main` as the whole of this process. The first SIGINT or SIGTERM stops it step by step, a second ends it at once.
 * What `main` throws is told in its own words and ends the process with code 1.
 */
export const runProcess = async (main: (life: ProcessLife) => Promise<void>): Promise<void> => {
  const steps: StopStep[] = []
  let ending = false
  const end = async (code: number): Promise<void> => {
    if (ending) return
    ending = true
    for (const step of steps) await bounded(step)
    process.exit(code)
  }
  const onSignal = (): void => {
    if (ending) process.exit(interrupted)
    void end(0)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  const fail = (reason: string): void => {
    process.stderr.write(`${reason}\n`)
    void end(1)
  }
  const refuseIfStopping = (): void => {
    if (ending) throw new Failure('unavailable', 'the process is going away', { retryable: true })
  }
  try {
    await main({ onStop: (step) => steps.push(step), refuseIfStopping, fail })
  } catch (cause) {
    fail(messageOf(cause))
  }
}
