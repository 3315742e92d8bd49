import { setTimeout as delay } from 'node:timers/promises'
import { LaunchError } from '../launch-error.ts'

const requestTimeoutMs = 5_000

/**
 * Resolves when `url` answers 200. Throws a LaunchError with its last answer after `timeoutMs` or when
 * `signal` aborts.
 */
export const waitForHealth = async (
  { name, url, timeoutMs }: { name: string; url: string; timeoutMs: number },
  signal: AbortSignal,
): Promise<void> => {
  const giveUpAt = Date.now() + timeoutMs
  let answer = 'nothing'
  while (Date.now() < giveUpAt && !signal.aborted) {
    try {
      const response = await fetch(url, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
      })
      answer = `${response.status} ${await response.text()}`
      if (response.status === 200) return
    } catch (cause) {
      // It does not listen yet.
      answer = String(cause)
    }
    await delay(50)
  }
  throw new LaunchError(`${name} is not ready after ${timeoutMs} ms: ${url} answered ${answer}`)
}
