import { Failure } from '../../platform/failure.ts'
import { failureOf } from '../../platform/mysql/errors.ts'

/** A drizzle query whose faults are `unavailable`. */
export const asking = async <Result>(query: PromiseLike<Result>): Promise<Result> => {
  try {
    return await query
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    // drizzle wraps what the driver said in words of its own.
    throw failureOf(cause instanceof Error ? (cause.cause ?? cause) : cause)
  }
}

/** As many `?` as there are values. */
export const marks = (count: number): string => new Array<string>(count).fill('?').join(',')
