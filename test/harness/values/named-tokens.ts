import { hash } from 'node:crypto'
import { formatOperatorToken } from '../../../coupon/operator.ts'

/** Tokens of named operators of the tests, one for each role. */
export const namedTokens = {
  viewer: 'the token of a test that reads',
  operator: 'the token of a test that changes',
  orders: 'the token of a test that redeems',
}

/** The setting OPERATORS of the shared system. */
export const namedOperators = [
  formatOperatorToken('viewer@test', ['viewer'], hash('sha256', namedTokens.viewer)),
  formatOperatorToken('ops@test', ['operator'], hash('sha256', namedTokens.operator)),
  formatOperatorToken('orders@test', ['orders'], hash('sha256', namedTokens.orders)),
].join()
