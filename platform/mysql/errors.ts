import { Failure, messageOf } from '../failure.ts'

/** Anything that the database did not do, as `unavailable`; a failure stays as it is. */
export const databaseFailure = (cause: unknown): Failure =>
  cause instanceof Failure ? cause : new Failure('unavailable', `database: ${messageOf(cause)}`, { cause })

/**
 * Whether the server itself reported the error (1205 lock wait, 1213 deadlock, ...): the connection stays
 * usable.
 */
export const isServerError = (thrown: unknown): boolean => {
  const cause = thrown instanceof Failure ? thrown.cause : thrown
  return typeof cause === 'object' && cause !== null && 'sqlState' in cause && 'errno' in cause
}

/** The number of an error that the server reported; `undefined` for anything else. */
export const serverErrorNumber = (thrown: unknown): number | undefined => {
  const cause = thrown instanceof Failure ? thrown.cause : thrown
  return isServerError(cause) ? Number((cause as { errno: unknown }).errno) : undefined
}

/** 1290 started read-only, 1792 in a read-only session, 1836 in read-only mode. */
const readOnlyNumbers: readonly unknown[] = [1290, 1792, 1836]

/** Whether the server refuses writes: after a failover it may be the old primary. */
export const isReadOnly = (thrown: unknown): boolean => readOnlyNumbers.includes(serverErrorNumber(thrown))
