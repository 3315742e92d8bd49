import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import {
  type ClaimRules,
  decodeTokenPart,
  judgeClaims,
  splitToken,
  type TokenVerdict,
  tokenRefusals,
} from '../tokens/token-claims.ts'

export type TokenVerifierOptions = ClaimRules & {
  secret: string
  /** Tokens that are signed with it are accepted too, while one secret replaces the other. */
  previousSecret?: string | undefined
}

/** HS256 in base64url: 43 characters for 32 bytes. */
export const hs256SignatureLength = 43
/** The last character of 32 bytes has two spare bits, which are zero. */
const signaturePattern = /^[\w-]{42}[AEIMQUYcgkosw048]$/

const sign = (key: KeyObject, text: string): string =>
  createHmac('sha256', key).update(text).digest('base64url')

const encode = (document: object): string => Buffer.from(JSON.stringify(document)).toString('base64url')

/**
 * Signs shopper tokens (JWT, HS256) that are valid for `lifetimeSeconds`. For tests, load runs and
 * development.
 */
export const createTokenSigner = (secret: string): ((userId: string, lifetimeSeconds: number) => string) => {
  const key = createSecretKey(secret, 'utf8')
  const header = encode({ alg: 'HS256', typ: 'JWT' })
  return (userId, lifetimeSeconds) => {
    const exp = Math.floor(Date.now() / 1_000) + lifetimeSeconds
    const signed = `${header}.${encode({ sub: userId, exp })}`
    return `${signed}.${sign(key, signed)}`
  }
}

/**
 * Verifies shopper tokens: JWT in compact form, HS256 and nothing else (RFC 7515, 7518 and 7519). The
 * signature is checked before anything of the token is read, and a refusal throws nothing. fast-jwt throws
 * twice, with a stack each time; docs/decisions/017 has the costs.
 */
export const createTokenVerifier = (options: TokenVerifierOptions): ((token: string) => TokenVerdict) => {
  const { secret, previousSecret } = options
  const keys = [secret, ...(previousSecret === undefined ? [] : [previousSecret])].map((text) =>
    createSecretKey(text, 'utf8'),
  )
  const [given, expected] = [Buffer.alloc(hs256SignatureLength), Buffer.alloc(hs256SignatureLength)]
  // Nearly all tokens of an issuer have the same header.
  let goodHeader = ''

  const isSigned = (signed: string, signature: string): boolean => {
    given.write(signature, 'latin1')
    for (const key of keys) {
      expected.write(sign(key, signed), 'latin1')
      if (timingSafeEqual(given, expected)) return true
    }
    return false
  }

  return (token) => {
    const parts = splitToken(token)
    if ('kind' in parts) return parts
    if (!signaturePattern.test(parts.signature) || !isSigned(parts.signed, parts.signature))
      return tokenRefusals.signature
    if (parts.header !== goodHeader) {
      const header = decodeTokenPart(parts.header)
      if (header?.['alg'] !== 'HS256' || 'crit' in header) return tokenRefusals.header
      goodHeader = parts.header
    }
    const payload = decodeTokenPart(parts.payload)
    return payload === undefined ? tokenRefusals.payload : judgeClaims(payload, options)
  }
}
