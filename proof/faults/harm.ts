import type { Check, FaultName, PromiseName } from '../../coupon/audit/compare/check.ts'

/** What a round may do to people, as counts. */
export type Harm = {
  /** Told yes, or granted and in the log, and no such row. */
  lost: number
  /** A second coupon for a user and slot, or for a rank. */
  doubled: number
  /** Rows or ranks above the stock, or that nobody granted. */
  oversold: number
  /** Units that nobody has although enough people got through. */
  stranded: number
  /** People, or grants, of which nobody knows yet what came. */
  unresolved: number
  /** People who were told one thing and have, or were told, another. */
  toldTwoThings: number
}

/** What it means when a check of the audit does not hold. */
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
}

/** Nothing happened to anybody. */
export const noHarm: Harm = {
  ...{ lost: 0, doubled: 0, oversold: 0, stranded: 0, unresolved: 0, toldTwoThings: 0 },
}

/**
 * The checks of an audit as counts. One harm shows in several checks, so each figure is the most that one of them counts; what is
 * still in flight is unresolved.
 */
export const harmOf = (checks: readonly Check[]): Harm => {
  const figures = { ...noHarm }
  for (const { promise, fault, verdict, count } of checks) {
    if (verdict === 'pass') continue
    const figure = verdict === 'in-flight' ? 'unresolved' : harmByCheck[fault ?? promise]
    figures[figure] = Math.max(figures[figure], count)
  }
  return figures
}
