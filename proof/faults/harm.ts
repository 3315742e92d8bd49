import type { Check, FaultName, PromiseName } from '../../coupon/audit/compare/check.ts'

/** Harm that a round may do to people, as counts. */
export type Harm = {
  /** Shown to a person, or granted and in the log, without such a row. */
  lost: number
  /** Second coupons for one user and slot, or for one rank. */
  doubled: number
  /** Rows or ranks above the stock, or never granted. */
  oversold: number
  /** Units that nobody has, though enough people pressed. */
  stranded: number
  /** People or grants without a result yet. */
  unresolved: number
  /** People whose answers contradict each other or the ledger. */
  toldTwoThings: number
}

/** The harm behind each check of the audit. */
const harmByCheck: Record<PromiseName | FaultName, keyof Harm> = {
  'no-lost-win': 'lost',
  'row-missing': 'lost',
  'record-missing': 'lost',
  'only-in-gate': 'lost',
  'position-outside-log': 'lost',
  'wrong-rank': 'lost',
  'wrong-coupon': 'doubled',
  'wrong-user': 'doubled',
  'one-per-user-and-slot': 'doubled',
  doubled: 'doubled',
  'no-oversell': 'oversold',
  oversold: 'oversold',
  'rank-above-stock': 'oversold',
  'extra-row': 'oversold',
  'nothing-stranded': 'stranded',
  'ranks-without-gap': 'stranded',
  'rank-gap': 'stranded',
  'counter-off': 'stranded',
  'everybody-answered': 'unresolved',
  'outbox-stuck': 'unresolved',
  'same-answer-again': 'toldTwoThings',
  'sold-out-is-final': 'toldTwoThings',
  'nobody-unaware': 'toldTwoThings',
  'only-in-log': 'toldTwoThings',
  'gate-behind': 'toldTwoThings',
  'gate-ahead': 'toldTwoThings',
  'used-as-told': 'toldTwoThings',
  'history-off': 'toldTwoThings',
}

export const noHarm: Harm = {
  lost: 0,
  doubled: 0,
  oversold: 0,
  stranded: 0,
  unresolved: 0,
  toldTwoThings: 0,
}

/**
 * The checks of an audit as counts of harm. Several checks may find the same harm, so each count is the
 * highest of one check. What is in flight is unresolved.
 */
export const harmOf = (checks: readonly Check[]): Harm => {
  const harm = { ...noHarm }
  for (const { promise, fault, verdict, count } of checks) {
    if (verdict === 'pass') continue
    const name = verdict === 'in-flight' ? 'unresolved' : harmByCheck[fault ?? promise]
    harm[name] = Math.max(harm[name], count)
  }
  return harm
}
