import type { DeadLetterReason } from '../../coupon/log/dead-letter.ts'

const auditFirst = 'a promise is broken. Run the audit of the campaign before you change anything.'

const adviceFor: Record<DeadLetterReason, string> = {
  undecodable:
    'Another program wrote into the log, or bytes were damaged. Find the writer; a redrive would fail again.',
  invalid: 'A newer version or another program wrote it. Update the workers, then redrive it.',
  'unknown-campaign':
    'The ledger lost the campaign, or another system uses the same log. Restore the campaign, then redrive.',
  'rank-taken': `Two coupons have one rank: ${auditFirst}`,
  'slot-taken': `Two coupons have one user and slot: ${auditFirst}`,
  'coupon-differs': `One coupon has two sets of facts: ${auditFirst}`,
  'rank-above-stock':
    'The rank is above the highest stock that the ledger knows. Restore the campaign row, then redrive.',
  late: 'It reached the log after its gate was lost and its unit was free again. Leave it: no yes was given.',
}

/** The reasons that this version knows, for `--reason`. */
export const knownReasons: readonly string[] = Object.keys(adviceFor)

/**
 * What an operator can do about a dead letter; docs/dead-letters.md says more. A later version may have other
 * reasons.
 */
export const adviceOf = (reason: string): string =>
  Object.entries(adviceFor).find(([known]) => known === reason)?.[1] ??
  'This version does not know that reason.'
