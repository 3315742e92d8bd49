import { Failure, messageOf } from '../failure.ts'

/** Whatever the database did not do is `unavailable`; what is a failure already stays as it is. */
export const failureOf = (cause: unknown): Failure =>
  cause instanceof Failure ? cause : new Failure('unavailable', `database: ${messageOf(cause)}`, { cause })

/** Whether it was the server that said no (1205 lock wait, 1213 deadlock, ...): its connection is as good as before. */
export const isServerError = (thrown: unknown): boolean => {
  const cause = thrown instanceof Failure ? thrown.cause : thrown
  return typeof cause === 'object' && cause !== null && 'sqlState' in cause && 'errno' in cause
}

/** 1290 started read-only, 1792 in a read-only session, 1836 in read-only mode. */
const readOnlyNumbers: readonly unknown[] = [1290, 1792, 1836]
/** Whether the server takes no writes: it may have been failed away from. */
export const isReadOnly = (thrown: unknown): boolean => {
  const cause = thrown instanceof Failure ? thrown.cause : thrown
  return isServerError(cause) && readOnlyNumbers.includes((cause as { errno: unknown }).errno)
}
