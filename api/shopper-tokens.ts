import { type Operator, operatorOfClaim } from '../coupon/operator.ts'
import { createTokenVerifier, hs256SignatureLength } from '../platform/http/token.ts'
import type { IssuerKeys } from '../platform/tokens/issuer-keys.ts'
import { createKeySetVerifier } from '../platform/tokens/key-set-verifier.ts'
import { type ClaimRules, type TokenVerdict, tokenRefusals } from '../platform/tokens/token-claims.ts'

/** How tokens are signed: with a secret (HS256), with keys of an issuer, or with either. */
export type ShopperTokensOptions = ClaimRules & {
  secret?: string | undefined
  previousSecret?: string | undefined
  issuerKeys?: Pick<IssuerKeys, 'keySet' | 'readAgain'> | undefined
  /** The claim of an issuer's token that has roles of an operator. */
  operatorClaim?: string | undefined
}

type Verify = (token: string) => TokenVerdict

/** Verifies the tokens of shoppers, and of operators who have a token of the same issuer. */
export type ShopperTokens = {
  verify: Verify
  /** The operator of an issuer's token; `undefined` when it has no role. Called with good tokens alone. */
  operatorOf(token: string, verdict: Extract<TokenVerdict, { kind: 'user' }>): Operator | undefined
  /** Whether an operator may have a token of the issuer. */
  hasOperators: boolean
}

/** HS256 has 43 characters, whatever the header says; the signatures of an issuer have 86 or more. */
const isHs256 = (token: string): boolean => token.length - token.lastIndexOf('.') - 1 === hs256SignatureLength

const createVerify = ({ secret, issuerKeys, ...options }: ShopperTokensOptions): Verify => {
  const bySecret = secret === undefined ? undefined : createTokenVerifier({ ...options, secret })
  if (issuerKeys === undefined) return bySecret ?? (() => tokenRefusals.signature)
  const byKey = createKeySetVerifier({ ...options, ...issuerKeys, needsExpiry: true })
  if (bySecret === undefined) return byKey
  return (token) => (isHs256(token) ? bySecret(token) : byKey(token))
}

export const createShopperTokens = (options: ShopperTokensOptions): ShopperTokens => {
  const { issuerKeys, operatorClaim } = options
  return {
    verify: createVerify(options),
    // Who signs tokens with the secret signs for shoppers, and must not be able to make operators.
    operatorOf: (token, { userId, claims }) =>
      operatorClaim === undefined || isHs256(token)
        ? undefined
        : operatorOfClaim(claims[operatorClaim], userId),
    hasOperators: issuerKeys !== undefined && operatorClaim !== undefined,
  }
}
