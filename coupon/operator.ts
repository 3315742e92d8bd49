import { z } from 'zod'
import { userIdPattern } from './grant.ts'

/** What tokens of operators can be for. */
export const operatorRoles = ['viewer', 'operator', 'orders'] as const

/** `viewer` reads what operators see, `operator` changes it, `orders` redeems coupons of shoppers. */
export type OperatorRole = (typeof operatorRoles)[number]

/** A person or a program of the team. `name` stands beside every change that it makes. */
export type Operator = { name: string; roles: readonly OperatorRole[] }

/** A named token, of which only the SHA-256 is known. */
export type OperatorToken = { operator: Operator; tokenHash: string }

/** Names that come from elsewhere have a colon (docs/decisions/021), so that nobody can take one. */
export const operatorNamePattern = /^[A-Za-z0-9._~@-]{1,60}$/

/** The name of the operator whose token is ADMIN_TOKEN. */
export const adminName = 'operator'

/** More than a team has. Its entries fill a third of what an environment variable may have. */
const operatorTokensMax = 256

const isRole = (text: string): text is OperatorRole => (operatorRoles as readonly string[]).includes(text)

/** An operator with these roles. Who may change may also read. */
export const createOperator = (name: string, given: readonly OperatorRole[]): Operator => ({
  name,
  roles: operatorRoles.filter(
    (role) => given.includes(role) || (role === 'viewer' && given.includes('operator')),
  ),
})

/** Reads roles with `+` between, as in `viewer+orders`. `undefined` when one is unknown or comes twice. */
export const parseOperatorRoles = (text: string): OperatorRole[] | undefined => {
  const given = text.split('+')
  return given.every(isRole) && new Set(given).size === given.length ? given : undefined
}

/** The longest `sub` of an operator: with its prefix it fits where the name of an operator is kept. */
const subjectLengthMax = 60

/**
 * The operator of a token that an issuer signed, by its claim: one role, or a list. What is no role is
 * ignored, since lists of groups have other names too. `undefined` without any role, and for a `sub` that
 * cannot be recorded.
 */
export const operatorOfClaim = (claim: unknown, subject: string): Operator | undefined => {
  const given = (Array.isArray(claim) ? claim : [claim]).filter(
    (role): role is OperatorRole => typeof role === 'string' && isRole(role),
  )
  const isNameable = userIdPattern.test(subject) && subject.length <= subjectLengthMax
  return given.length > 0 && isNameable ? createOperator(`sub:${subject}`, given) : undefined
}

/** An entry of the setting OPERATORS. */
export const formatOperatorToken = (
  name: string,
  given: readonly OperatorRole[],
  tokenHash: string,
): string => `${name}:${given.join('+')}:${tokenHash}`

const parseOperatorToken = (entry: string): OperatorToken | undefined => {
  const [name = '', rolesText = '', tokenHash = '', ...rest] = entry.split(':')
  const given = parseOperatorRoles(rolesText)
  if (given === undefined || !operatorNamePattern.test(name) || name === adminName) return undefined
  if (!/^[0-9a-f]{64}$/.test(tokenHash) || rest.length > 0) return undefined
  return { operator: createOperator(name, given), tokenHash }
}

const expected =
  'expected name:role:hash, several with commas between: a name of 1 to 60 of A-Z a-z 0-9 . _ ~ @ - other than ' +
  `${adminName}, roles of ${operatorRoles.join(', ')} with + between, the SHA-256 of the token in hexadecimal; make one ` +
  'with: npm run token -- operator'

/** The tokens of a text, or what is wrong with it. */
const parseOperatorTokens = (text: string): OperatorToken[] | string => {
  const tokens = text.split(',').map((entry) => parseOperatorToken(entry.trim()))
  if (tokens.length > operatorTokensMax) return `expected at most ${operatorTokensMax} tokens`
  if (!tokens.every((token) => token !== undefined)) return expected
  if (new Set(tokens.map(({ tokenHash }) => tokenHash)).size < tokens.length)
    return 'expected another token in each entry'
  const rolesOf = new Map(tokens.map(({ operator }) => [operator.name, operator.roles.join()]))
  return tokens.every(({ operator }) => rolesOf.get(operator.name) === operator.roles.join())
    ? tokens
    : 'expected the same roles in all entries of a name'
}

/** The setting OPERATORS. A name may come twice, with the same roles, while its token is replaced. */
export const operatorTokens = z.string().transform((text, context) => {
  const parsed = parseOperatorTokens(text)
  if (typeof parsed !== 'string') return parsed
  context.addIssue({ code: 'custom', message: parsed })
  return z.NEVER
})
