import { Failure } from './failure.ts'

/**
 * Waits for `pending` for at most `timeoutMs`, then rejects with `unavailable`: whether it took effect is
 * unknown. The message is `what`, then the timeout.
 */
export const withTimeout = async <Result>(
  pending: Promise<Result>,
  timeoutMs: number,
  what: string,
): Promise<Result> => {
  const { promise: timeout, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new Failure('unavailable', `${what} within ${timeoutMs} ms`)),
    timeoutMs,
  )
  try {
    return await Promise.race([pending, timeout])
  } finally {
    clearTimeout(timer)
  }
}
