import type { Claims } from '../../platform/tokens/token-claims.ts'
import type { EligibilityRule } from '../campaign.ts'

/** Numbers and booleans compare as their JSON text. */
const isOneOf = (values: readonly string[], value: unknown): boolean =>
  typeof value === 'string'
    ? values.includes(value)
    : (typeof value === 'number' || typeof value === 'boolean') && values.includes(String(value))

const holds = ({ claim, anyOf }: EligibilityRule, claims: Claims): boolean => {
  if (!Object.hasOwn(claims, claim)) return false
  const value = claims[claim]
  return Array.isArray(value) ? value.some((item) => isOneOf(anyOf, item)) : isOneOf(anyOf, value)
}

/** The first rule that these claims do not meet; `undefined` when all hold. */
export const findUnmetRule = (
  rules: readonly EligibilityRule[],
  claims: Claims,
): EligibilityRule | undefined => rules.find((rule) => !holds(rule, claims))
