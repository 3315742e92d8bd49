import type { Answer } from '../../load/people/answer.ts'

// As load/people/answer.ts names what it cannot read as an answer: `500 internal`, `201 unreadable`, `outcome 404`.
const notRead = /^(?:\d{3} |outcome )/
const tryAgain = /^outcome (?:429|503)$/

/**
 * Whether the contract has no such answer to somebody with a credential and a live campaign: an error of ours, a yes that cannot be read,
 * or "no such campaign" where it is asked what came of a press. Whoever hears it asks again, so nothing else would notice.
 */
export const isContractBreach = ({ outcome }: Pick<Answer, 'outcome'>): boolean =>
  notRead.test(outcome) && !tryAgain.test(outcome)
