import { setTimeout as pause } from 'node:timers/promises'

/**
 * Asks until the answer is one (not `undefined` and not `false`) and returns it; what `ask` throws counts as
 * "not yet". Waits for a condition, never for a time: `timeoutMs` only says when to give up, and with which
 * words.
 */
export const until = async <Answer>(
  what: string,
  ask: () => Promise<Answer | undefined | false> | Answer | undefined | false,
  timeoutMs = 20_000,
): Promise<Answer> => {
  const givenUpAtMs = performance.now() + timeoutMs
  let last: unknown
  while (performance.now() < givenUpAtMs) {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer
      last = answer
    } catch (cause) {
      last = cause
    }
    await pause(20)
  }
  throw new Error(`${what}: not within ${timeoutMs} ms (last: ${String(last)})`)
}
