import { setTimeout as delay } from 'node:timers/promises'
import { LaunchError, throwIfAborted } from './launch-error.ts'
import { type PortProbe, probePort } from './probe-port.ts'
import { describeExit } from './processes/spawn-logged.ts'
import type { ProcessHandle } from './processes/start-process.ts'

/** Reads true from the answer of a server that is ready. */
export type ReadinessProbe = PortProbe<boolean>

const pauseMs = 25

/**
 * Resolves when `server` answers that it is ready. Otherwise stops it and throws a LaunchError: when the
 * process exits, after `timeoutMs`, or when `signal` aborts.
 */
export const waitUntilReady = async (
  server: ProcessHandle,
  probe: ReadinessProbe,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<void> => {
  let failure: string | undefined
  void server.exited.then((exit) => {
    failure = `exited with ${describeExit(exit)}`
  })
  const giveUpAt = Date.now() + timeoutMs
  try {
    while ((await probePort(probe)) !== true) {
      throwIfAborted(signal)
      if (Date.now() > giveUpAt) failure ??= `did not answer within ${timeoutMs} ms`
      if (failure !== undefined) {
        const output = server.lastLines(8).map((line) => `    ${line}`)
        throw new LaunchError([`${server.name} ${failure} (${server.logFile}):`, ...output].join('\n'))
      }
      await delay(pauseMs)
    }
    throwIfAborted(signal)
  } catch (cause) {
    await server.stop()
    throw cause
  }
}
