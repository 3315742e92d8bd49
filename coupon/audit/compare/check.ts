/** The promises of protocol.md that an audit can check, by the names that reports show. */
export type PromiseName =
  | 'no-oversell'
  | 'no-lost-win'
  | 'one-per-user-and-slot'
  | 'same-answer-again'
  | 'sold-out-is-final'
  | 'nothing-stranded'
  | 'nobody-unaware'
  | 'ranks-without-gap'
  | 'everybody-answered'
  | 'used-as-told'

/**
 * What the audit looks for in gate, log and ledger, by the names that reports show; docs/audit.md says what
 * each means.
 */
export type FaultName =
  | 'row-missing'
  | 'record-missing'
  | 'extra-row'
  | 'oversold'
  | 'doubled'
  | 'wrong-user'
  | 'wrong-rank'
  | 'wrong-coupon'
  | 'rank-gap'
  | 'rank-above-stock'
  | 'only-in-gate'
  | 'only-in-log'
  | 'counter-off'
  | 'gate-ahead'
  | 'gate-behind'
  | 'outbox-stuck'
  | 'position-outside-log'
  | 'history-off'

/**
 * `pass`: it held for all that was looked at. `fail`: the sources contradict it. `in-flight`: what decides it
 * has not arrived yet, which is never called a loss.
 */
export type Verdict = 'pass' | 'fail' | 'in-flight'

/** The result for one promise, or for one fault that breaks it. */
export type Check = {
  promise: PromiseName
  /** The fault that was looked for. Left out for a promise that was checked as a whole. */
  fault?: FaultName
  verdict: Verdict
  /** How many break it (`fail`) or have not arrived (`in-flight`); 0 for `pass`. */
  count: number
  /** How many were looked at. */
  looked: number
  /** Up to ten of those in `count`. */
  examples: string[]
  /** What was compared with what. */
  how: string
}

/** The verdict over all checks: one failure fails; else one that is in flight leaves all in flight. */
export const overallVerdict = (checks: readonly Check[]): Verdict => {
  if (checks.some((check) => check.verdict === 'fail')) return 'fail'
  return checks.some((check) => check.verdict === 'in-flight') ? 'in-flight' : 'pass'
}
