import type { DeadLetterReason } from '../../coupon/log/dead-letter.ts'

/** What an operator can do about a dead letter of each class; docs/dead-letters.md says more. */
const advice: Record<DeadLetterReason, string> = {
  undecodable:
    'Somebody else wrote into the log, or bytes were damaged. Find the writer; a redrive ends here again.',
  invalid: 'A newer version wrote it, or somebody else did. Update the workers, then redrive it.',
  'unknown-campaign':
    'The ledger lost the campaign, or another system shares the log. Restore it, then redrive.',
  'rank-taken': 'Two coupons of one rank: a broken promise. Audit the campaign before anything is changed.',
  'slot-taken':
    'Two coupons of one user and slot: a broken promise. Audit the campaign before anything is changed.',
  'coupon-differs':
    'One coupon with two sets of facts: a broken promise. Audit the campaign before anything is changed.',
  'rank-above-stock':
    'More was granted than the ledger knows stock for. Restore the campaign row, then redrive.',
  late: 'It reached the log after its gate was lost and its unit was free again. Its user was never told yes: leave it.',
}

/** The classes, for `--reason`. */
export const reasons: readonly string[] = Object.keys(advice)

/** What to do about it; a class of a later version is unknown here. */
export const adviceOf = (reason: string): string =>
  Object.entries(advice).find(([known]) => known === reason)?.[1] ?? 'This version does not know that class.'
