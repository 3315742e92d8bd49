import { hash } from 'node:crypto'
import { adminName, createOperator, type Operator, type OperatorToken } from '../coupon/operator.ts'

/** Finds the operator to whom a token belongs. */
export type FindOperator = (token: string) => Operator | undefined

/**
 * Knows operators by the SHA-256 of their tokens. How long a search takes tells something of that hash and
 * nothing of the token. Tokens are random, so nobody finds one by its hash.
 */
export const createOperatorTokens = (adminToken: string, named: readonly OperatorToken[]): FindOperator => {
  const byHash = new Map<string, Operator>([
    ...named.map(({ operator, tokenHash }) => [tokenHash, operator] as const),
    [hash('sha256', adminToken), createOperator(adminName, ['operator'])],
  ])
  return (token) => byHash.get(hash('sha256', token))
}
