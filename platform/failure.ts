/**
 * Every way in which an operation can fail. An expected answer is not a failure: it is a value.
 *
 * - `overloaded`: one of our limits was reached. Nothing was done; a retry is safe.
 * - `unavailable`: a dependency did not answer, or answered with an error. Whether it took effect is unknown.
 * - `recovering`: the gate of a campaign lost its memory, or is being armed. A retry is safe.
 * - `refused`: a position, a setting or an argument contradicts what is stored or allowed. A retry does not
 *   help.
 * - `defect`: our own code broke an invariant. A retry does not help.
 */
export type FailureCode = 'overloaded' | 'unavailable' | 'recovering' | 'refused' | 'defect'

/** The only error class. The code decides whether a retry is safe; `cause` is the underlying error. */
export class Failure extends Error {
  readonly code: FailureCode

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Failure'
    this.code = code
  }
}

/** The message of any thrown value, for a log line or another failure. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message || thrown.name : String(thrown)
