/**
 * Every way in which a part can fail, as opposed to an expected answer, which is a value.
 *
 * - `overloaded`: a bound of ours was reached; nothing was done.
 * - `unavailable`: a dependency did not answer, or answered with a fault; what it did is unknown.
 * - `recovering`: the gate of a campaign lost its memory, or is being armed.
 * - `refused`: a position or a setting contradicts what is stored; a person has to look.
 * - `defect`: our own code broke a rule that must hold.
 */
export type FailureCode = 'overloaded' | 'unavailable' | 'recovering' | 'refused' | 'defect'

/** The one error class. The code decides whether a retry is safe; `cause` keeps what lay below. */
export class Failure extends Error {
  readonly code: FailureCode

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Failure'
    this.code = code
  }
}

/** The message of anything thrown, for a log line or a wrapped failure. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message || thrown.name : String(thrown)
