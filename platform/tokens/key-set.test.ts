import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { createIssuerKey, issuerAlgorithms, keySetOf } from '../../test/harness/values/issuer-key.ts'
import { keysMax, parseKeySet } from './key-set.ts'

const good = createIssuerKey('ES256', 'good')
const jwkOf = (pair: {
  publicKey: { export(options: { format: 'jwk' }): object }
}): Record<string, unknown> => ({
  ...pair.publicKey.export({ format: 'jwk' }),
})
/** The reason for which a key beside a good one is not used. */
const reasonFor = (jwk: Record<string, unknown>): string | undefined =>
  parseKeySet(keySetOf(good, { jwk: { kid: 'other', ...jwk } })).unused[0]

test('keys of each algorithm are known by their kid, and the algorithm belongs to the key', () => {
  const keys = issuerAlgorithms.map((algorithm) => createIssuerKey(algorithm, `key of ${algorithm}`))
  const { byId, unused } = parseKeySet(keySetOf(...keys))
  expect(unused).toEqual([])
  expect([...byId].map(([kid, { algorithms }]) => [kid, algorithms])).toEqual([
    ['key of RS256', ['RS256']],
    ['key of ES256', ['ES256']],
    ['key of EdDSA', ['EdDSA', 'Ed25519']],
  ])
})

test('only a set of one key has a key for tokens that name none', () => {
  const nameless = { jwk: { ...good.jwk, kid: undefined } }
  expect(parseKeySet(keySetOf(good)).only).toBeDefined()
  expect(parseKeySet(keySetOf(nameless)).only).toBeDefined()
  expect(parseKeySet(keySetOf(good, createIssuerKey('EdDSA', 'second'))).only).toBeUndefined()
  expect(parseKeySet(keySetOf(good, nameless)).only).toBeUndefined()
})

test.each([
  ['a secret', { kty: 'oct', k: 'c2VjcmV0' }, /secret/],
  ['a private key', { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) }, /private/],
  ['a key for encryption', { ...good.jwk, use: 'enc' }, /not for signatures/],
  ['a key that signs', { ...good.jwk, use: undefined, key_ops: ['sign'] }, /not for verification/],
  ['RSA of 1,024 bits', jwkOf(generateKeyPairSync('rsa', { modulusLength: 1_024 })), /expected RSA of 2048/],
  ['P-384', jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-384' })), /expected RSA .*P-256/],
  ['secp256k1', jwkOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' })), /expected RSA .*P-256/],
  ['X25519', jwkOf(generateKeyPairSync('x25519')), /expected RSA .*Ed25519/],
  ['an algorithm of another key', { ...good.jwk, alg: 'RS256' }, /its alg is RS256/],
  ['a stronger hash', { ...createIssuerKey('RS256', 'x').jwk, alg: 'RS512' }, /its alg is RS512/],
  ['HS256 with a public key', { ...createIssuerKey('RS256', 'x').jwk, alg: 'HS256' }, /its alg is HS256/],
  ['a point that is on no curve', { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' }, /cannot be read/],
  ['an unknown type', { kty: 'XX' }, /cannot be read/],
])('%s is not used, and the others are', (_, jwk, reason) => {
  expect(reasonFor({ ...jwk, kid: 'other' })).toMatch(reason)
})

test('the first of two keys with one kid counts', () => {
  const { byId, unused } = parseKeySet(keySetOf(createIssuerKey('EdDSA', 'good'), good))
  expect(byId.get('good')?.algorithms).toContain('EdDSA')
  expect(unused).toEqual(['good: another key has this kid'])
})

test.each([
  ['no JSON', '{', /expected a JWK Set/],
  ['no object', '[]', /expected a JWK Set/],
  ['a key without a type', '{"keys":[{}]}', /expected a JWK Set/],
  ['too many keys', keySetOf(...Array.from({ length: keysMax + 1 }, () => good)), /at most 100 keys/],
  ['no key', '{"keys":[]}', /no key that verifies tokens; it is empty/],
  [
    'secrets alone',
    '{"keys":[{"kty":"oct","kid":"a","k":"eA"}]}',
    /no key that verifies .*a: it is a secret/,
  ],
])('%s is no key set', (_, text, message) => {
  expect(() => parseKeySet(text)).toThrow(message)
})
