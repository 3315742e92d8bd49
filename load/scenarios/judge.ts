import { type Check, overallVerdict } from '../../coupon/audit/compare/check.ts'
import { worstVerdict } from './load-verdict.ts'
import type { Settlement } from './settle.ts'

/** The verdict of a scenario, and what led to it. */
export type Judgement = Pick<Settlement, 'checks' | 'verdict' | 'unknown'>

/**
 * Adds what a scenario checks itself to the comparison of its answers with the ledger. Of a warm-up only what
 * did not hold counts.
 */
export const judge = (
  settled: Judgement,
  { own, warmUp }: { own: readonly Check[]; warmUp: Judgement | undefined },
): Judgement => {
  const unsound = warmUp === undefined || warmUp.verdict === 'pass' ? [] : [warmUp]
  return {
    verdict: worstVerdict(
      [...unsound, settled, { verdict: overallVerdict(own) }].map(({ verdict }) => verdict),
    ),
    checks: [...unsound.flatMap(({ checks }) => checks), ...settled.checks, ...own],
    unknown: settled.unknown ?? unsound[0]?.unknown ?? null,
  }
}
