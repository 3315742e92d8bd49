import type { Verdict } from '../../coupon/audit/compare/check.ts'

/** `unknown`: the ledger or the log could not be read, so nothing was decided. */
export type LoadVerdict = Verdict | 'unknown'

const gravest: readonly LoadVerdict[] = ['fail', 'unknown', 'in-flight']

/** The verdict of several runs: what is broken stays broken, whatever is unknown beside it. */
export const worstVerdict = (verdicts: readonly LoadVerdict[]): LoadVerdict =>
  gravest.find((verdict) => verdicts.includes(verdict)) ?? 'pass'

/**
 * How a scenario with a bar ends; `missed` names a bar that was missed. PASS alone does not pass then. What
 * is broken or undecided is worse than a missed bar.
 */
export const outcomeWithBar = <Bar extends string>(
  verdict: LoadVerdict,
  missed: Bar | undefined,
): LoadVerdict | Bar => (verdict === 'pass' ? (missed ?? verdict) : verdict)
