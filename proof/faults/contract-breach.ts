import type { Answer } from '../../load/people/answer.ts'

// The names that load/people/answer.ts gives to what it cannot read: `500 internal`, `201 unreadable`,
// `outcome 404`.
const unreadPattern = /^(?:\d{3} |outcome )/
const tryAgainPattern = /^outcome (?:429|503)$/

/**
 * Whether the contract has no such answer for a person with a valid credential and a live campaign. Examples
 * are an internal error, a yes that cannot be read, and "no such campaign" as an outcome. People ask again
 * after it, so nothing else notices.
 */
export const isContractBreach = ({ outcome }: Pick<Answer, 'outcome'>): boolean =>
  unreadPattern.test(outcome) && !tryAgainPattern.test(outcome)
