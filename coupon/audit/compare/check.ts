/** The promises of protocol.md that a comparison of books can check, by the names that reports show. */
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

/** What the audit looks for in gate, log and ledger, by the names that reports show; docs/audit.md says what each means. */
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

/**
 * `pass`: it held for all that was looked at. `fail`: the books contradict it. `in-flight`: what would decide it has not
 * arrived yet, which is never called a loss.
 */
export type Verdict = 'pass' | 'fail' | 'in-flight'

/** What came of one promise, or of one way in which it can be broken. */
export type Check = {
  promise: PromiseName
  /** The fault that was looked for; left out where the promise was checked as a whole. */
  fault?: FaultName
  verdict: Verdict
  /** How many break it (`fail`) or are still to come (`in-flight`); 0 for a pass. */
  count: number
  /** How many were looked at. */
  looked: number
  /** Up to ten of those in `count`. */
  examples: string[]
  /** What was compared with what. */
  how: string
}

/** Gathers what speaks against one promise, in bounded memory. */
export type Tally = {
  looked(count?: number): void
  /** A contradiction. The example is only put together while there is room for it. */
  broken(example: () => string, count?: number): void
  /** Something that has not arrived yet. */
  inFlight(example: () => string, count?: number): void
  check(): Check
}

const examplesMax = 10

/** A tally with nothing in it. */
export const createTally = (promise: PromiseName, how: string, fault?: FaultName): Tally => {
  const broken = { count: 0, examples: [] as string[] }
  const inFlight = { count: 0, examples: [] as string[] }
  let looked = 0

  const add = (to: typeof broken, example: () => string, count: number): void => {
    to.count += count
    if (to.examples.length < examplesMax) to.examples.push(example())
  }

  return {
    looked(count = 1) {
      looked += count
    },
    broken: (example, count = 1) => add(broken, example, count),
    inFlight: (example, count = 1) => add(inFlight, example, count),
    check() {
      const shown = broken.count > 0 ? broken : inFlight
      const verdict = broken.count > 0 ? 'fail' : inFlight.count > 0 ? 'in-flight' : 'pass'
      const named = fault === undefined ? { promise } : { promise, fault }
      return { ...named, verdict, count: shown.count, looked, examples: [...shown.examples], how }
    },
  }
}

/** The verdict over all promises: one broken promise fails, one that is open leaves all open. */
export const overallVerdict = (checks: readonly Check[]): Verdict => {
  if (checks.some((check) => check.verdict === 'fail')) return 'fail'
  return checks.some((check) => check.verdict === 'in-flight') ? 'in-flight' : 'pass'
}
