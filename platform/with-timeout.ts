import { Failure } from './failure.ts'

/** Waits for `pending` no longer than `timeoutMs`, else rejects with `unavailable`: what it did is unknown. `what` begins the message. */
export const withTimeout = async <Result>(
  pending: Promise<Result>,
  timeoutMs: number,
  what: string,
): Promise<Result> => {
  const { promise: overdue, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new Failure('unavailable', `${what} within ${timeoutMs} ms`)),
    timeoutMs,
  )
  try {
    return await Promise.race([pending, overdue])
  } finally {
    clearTimeout(timer)
  }
}
