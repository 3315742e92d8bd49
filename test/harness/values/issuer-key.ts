import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createSigner } from 'fast-jwt'

/** A key pair of an issuer of the tests. */
export type IssuerKey = {
  /** As it stands in a key set. */
  jwk: Record<string, unknown>
  /** A token that another implementation signs. `header` replaces what it would say. */
  sign(claims: Record<string, unknown>, header?: Record<string, unknown>): string
}

export const issuerAlgorithms = ['RS256', 'ES256', 'EdDSA'] as const

export type IssuerAlgorithm = (typeof issuerAlgorithms)[number]

const pairs: Record<IssuerAlgorithm, () => { publicKey: KeyObject; privateKey: KeyObject }> = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
}

/** What every token of the issuer of the tests says. */
export const issuerClaims = { iss: 'https://issuer.test', aud: 'firstcome' }

/** A new key with a name. */
export const createIssuerKey = (algorithm: IssuerAlgorithm, kid: string): IssuerKey => {
  const { publicKey, privateKey } = pairs[algorithm]()
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' })
  return {
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' },
    sign: (claims, header = {}) =>
      createSigner({ key, algorithm, kid, header: { alg: algorithm, ...header } })({
        exp: Math.floor(Date.now() / 1_000) + 600,
        ...issuerClaims,
        ...claims,
      }),
  }
}

/** The text of a key set. */
export const keySetOf = (...keys: readonly Pick<IssuerKey, 'jwk'>[]): string =>
  JSON.stringify({ keys: keys.map(({ jwk }) => jwk) })
