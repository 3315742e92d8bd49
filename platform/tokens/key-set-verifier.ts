import type { KeySet, VerificationKey } from './key-set.ts'
import {
  base64urlPattern,
  type ClaimRules,
  decodeTokenPart,
  judgeClaims,
  splitToken,
  type TokenVerdict,
  tokenRefusals,
} from './token-claims.ts'

export type KeySetVerifierOptions = ClaimRules & {
  /** The keys as they are known now; `undefined` until they were read once. */
  keySet(): KeySet | undefined
  /** Called when a token names a key that is not in the set. True while the set is being read. */
  readAgain(): boolean
}

const waiting: TokenVerdict = { kind: 'waiting' }

/** Tokens of one key have the same header. Others are read again when there are more of them. */
const knownHeadersMax = 64

/**
 * Verifies tokens of an issuer: JWT in compact form, signed with a key of its set. The key has its algorithm;
 * what the header says is only compared. Nothing waits: a token of a key that is not there yet is `waiting`
 * while the set is read.
 */
export const createKeySetVerifier = (options: KeySetVerifierOptions): ((token: string) => TokenVerdict) => {
  const keyOfHeader = new Map<string, VerificationKey>()
  let keyOfHeaderIsOf: KeySet | undefined

  /** The key that a header names, or the answer without it. */
  const findKey = (headerPart: string): VerificationKey | TokenVerdict => {
    const keySet = options.keySet()
    if (keySet === undefined) return waiting
    if (keySet !== keyOfHeaderIsOf || keyOfHeader.size >= knownHeadersMax) keyOfHeader.clear()
    keyOfHeaderIsOf = keySet
    const known = keyOfHeader.get(headerPart)
    if (known !== undefined) return known
    const header = decodeTokenPart(headerPart)
    const { alg, kid } = header ?? {}
    if (header === undefined || typeof alg !== 'string' || 'crit' in header) return tokenRefusals.keyHeader
    const key = typeof kid === 'string' ? keySet.byId.get(kid) : kid === undefined ? keySet.only : undefined
    if (key === undefined) return options.readAgain() ? waiting : tokenRefusals.key
    if (!key.algorithms.includes(alg)) return tokenRefusals.key
    keyOfHeader.set(headerPart, key)
    return key
  }

  return (token) => {
    const parts = splitToken(token)
    if ('kind' in parts) return parts
    const key = findKey(parts.header)
    if ('kind' in key) return key
    if (!base64urlPattern.test(parts.signature)) return tokenRefusals.key
    const signed = Buffer.from(parts.signed)
    if (!key.isSignatureOf(Buffer.from(parts.signature, 'base64url'), signed)) return tokenRefusals.key
    const payload = decodeTokenPart(parts.payload)
    return payload === undefined ? tokenRefusals.payload : judgeClaims(payload, options)
  }
}
