import type { Verdict } from '../../coupon/audit/compare/check.ts'

/** `unknown`: the ledger or the log could not be read, so nothing was decided. */
export type LoadVerdict = Verdict | 'unknown'

const gravest: readonly LoadVerdict[] = ['fail', 'unknown', 'in-flight']

/** The verdict of several runs: what is broken stays broken, whatever is unknown beside it. */
export const worstVerdict = (verdicts: readonly LoadVerdict[]): LoadVerdict =>
  gravest.find((verdict) => verdicts.includes(verdict)) ?? 'pass'
