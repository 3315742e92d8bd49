import { createPublicKey, type KeyObject, verify, type webcrypto } from 'node:crypto'
import { z } from 'zod'
import { Failure } from '../failure.ts'

/** A public key of an issuer. What it is says how it verifies: a token cannot choose. */
export type VerificationKey = {
  /** Names of its algorithm. A token must name one of them. */
  algorithms: readonly string[]
  isSignatureOf(signature: Buffer, signed: Buffer): boolean
}

/** The keys of an issuer (JWKS, RFC 7517) that can verify tokens. */
export type KeySet = {
  byId: ReadonlyMap<string, VerificationKey>
  /** For tokens that name no key: the key of a set that has one. */
  only: VerificationKey | undefined
  /** Keys of the set that are not used, with the reason. */
  unused: readonly string[]
}

/** Issuers have two or three keys. */
export const keysMax = 100

/** RFC 7518, section 3.3. A longer key than the most costs too much a token. */
const [rsaBitsMin, rsaBitsMax] = [2_048, 8_192]

const setShape = z.object({
  keys: z
    .array(
      z.looseObject({
        kty: z.string(),
        kid: z.string().max(256).optional(),
        alg: z.string().optional(),
        use: z.string().optional(),
        key_ops: z.array(z.string()).optional(),
      }),
    )
    .max(keysMax),
})

type Jwk = z.infer<typeof setShape>['keys'][number]

const rsaKey = (key: KeyObject): VerificationKey => ({
  algorithms: ['RS256'],
  isSignatureOf: (signature, signed) => verify('sha256', signed, key, signature),
})

const p256Key = (key: KeyObject): VerificationKey => {
  // Two numbers of 32 bytes (RFC 7518, section 3.4), and not the DER that is the default.
  const input = { key, dsaEncoding: 'ieee-p1363' } as const
  return {
    algorithms: ['ES256'],
    isSignatureOf: (signature, signed) =>
      signature.length === 64 && verify('sha256', signed, input, signature),
  }
}

const ed25519Key = (key: KeyObject): VerificationKey => ({
  // RFC 8037, and its newer name in RFC 9864.
  algorithms: ['EdDSA', 'Ed25519'],
  isSignatureOf: (signature, signed) => verify(undefined, signed, key, signature),
})

/** A key that can verify, or why it is not used. */
const readKey = (jwk: Jwk): VerificationKey | string => {
  if (jwk.kty === 'oct') return 'it is a secret, which no issuer publishes'
  if ('d' in jwk) return 'it is a private key, which no issuer publishes'
  if (jwk.use !== undefined && jwk.use !== 'sig') return 'it is not for signatures'
  if (jwk.key_ops !== undefined && !jwk.key_ops.includes('verify')) return 'it is not for verification'
  let key: KeyObject
  try {
    key = createPublicKey({ key: jwk as webcrypto.JsonWebKey, format: 'jwk' })
  } catch {
    return 'it cannot be read'
  }
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {}
  const read =
    key.asymmetricKeyType === 'rsa' && modulusLength >= rsaBitsMin && modulusLength <= rsaBitsMax
      ? rsaKey(key)
      : key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1'
        ? p256Key(key)
        : key.asymmetricKeyType === 'ed25519'
          ? ed25519Key(key)
          : undefined
  if (read === undefined) return `expected RSA of ${rsaBitsMin} to ${rsaBitsMax} bits, P-256 or Ed25519`
  return jwk.alg === undefined || read.algorithms.includes(jwk.alg) ? read : `its alg is ${jwk.alg}`
}

const parseDocument = (text: string): Jwk[] => {
  try {
    return setShape.parse(JSON.parse(text)).keys
  } catch (cause) {
    throw new Failure('refused', `expected a JWK Set of at most ${keysMax} keys`, { cause })
  }
}

/**
 * Reads a JWK Set. Keys that cannot verify a token of ours are left out, as RFC 7517 wants it. Throws
 * `refused` for what is no such set, and for one without any key to verify with.
 */
export const parseKeySet = (text: string): KeySet => {
  const [byId, unused, nameless] = [
    new Map<string, VerificationKey>(),
    [] as string[],
    [] as VerificationKey[],
  ]
  for (const jwk of parseDocument(text)) {
    const key = readKey(jwk)
    const { kid } = jwk
    if (typeof key === 'string') unused.push(`${kid ?? jwk.kty}: ${key}`)
    else if (kid === undefined) nameless.push(key)
    else if (byId.has(kid)) unused.push(`${kid}: another key has this kid`)
    else byId.set(kid, key)
  }
  const all = [...byId.values(), ...nameless]
  if (all.length === 0)
    throw new Failure(
      'refused',
      `the key set has no key that verifies tokens; ${unused.join('; ') || 'it is empty'}`,
    )
  return { byId, only: all.length === 1 ? all[0] : undefined, unused }
}
