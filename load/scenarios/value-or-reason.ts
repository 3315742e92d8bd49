import { Failure } from '../../platform/failure.ts'

type ValueOrReason<Value> = { value: Value; reason?: never } | { value?: never; reason: string }

/**
 * What `reading` resolves with, or why a server did not answer. A server may die in a run: the report then
 * says that the verdict is unknown, and why. Rejects on any other failure.
 */
export const valueOrReason = async <Value>(reading: Promise<Value>): Promise<ValueOrReason<Value>> => {
  try {
    return { value: await reading }
  } catch (cause) {
    if (cause instanceof Failure && cause.code === 'unavailable') return { reason: cause.message }
    throw cause
  }
}
