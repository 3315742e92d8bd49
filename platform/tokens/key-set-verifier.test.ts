import { createHmac, createPublicKey } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createIssuerKey,
  type IssuerKey,
  issuerAlgorithms,
  issuerClaims,
  keySetOf,
} from '../../test/harness/values/issuer-key.ts'
import { parseKeySet } from './key-set.ts'
import { createKeySetVerifier } from './key-set-verifier.ts'

const nowSeconds = Math.floor(Date.now() / 1_000)
const rules = {
  leewayMs: 5_000,
  now: () => nowSeconds * 1_000,
  issuer: issuerClaims.iss,
  audience: issuerClaims.aud,
  needsExpiry: true,
}
const keys: Record<string, IssuerKey> = Object.fromEntries(
  issuerAlgorithms.map((algorithm) => [algorithm, createIssuerKey(algorithm, algorithm)]),
)
const keyOf = (algorithm: string): IssuerKey => {
  const key = keys[algorithm]
  if (key === undefined) throw new Error(`no key of ${algorithm}`)
  return key
}
const keySet = parseKeySet(keySetOf(...Object.values(keys)))
const verify = createKeySetVerifier({ ...rules, keySet: () => keySet, readAgain: () => false })

const reasonOf = (token: string): string => {
  const verdict = verify(token)
  return verdict.kind === 'refused' ? verdict.reason : verdict.kind
}
const part = (document: unknown): string => Buffer.from(JSON.stringify(document)).toString('base64url')
/** The same token with another part. */
const replaced = (token: string, at: 0 | 1 | 2, text: string): string =>
  token.split('.').with(at, text).join('.')

describe.each(issuerAlgorithms)('a token that another library signed with %s', (algorithm) => {
  const key = keyOf(algorithm)
  const good = key.sign({ sub: 'alice', tier: 'gold' })

  test('is accepted, with its claims', () => {
    expect(verify(good)).toMatchObject({ kind: 'user', userId: 'alice', claims: { tier: 'gold' } })
  })

  test.each([
    [
      'without a kid, when there are several keys',
      key.sign({ sub: 'alice' }, { kid: undefined }),
      /key of the issuer/,
    ],
    [
      'with the kid of another key',
      key.sign({ sub: 'alice' }, { kid: issuerAlgorithms.find((a) => a !== algorithm) }),
      /key of the issuer/,
    ],
    ['with a kid that is a number', replaced(good, 0, part({ alg: algorithm, kid: 1 })), /key of the issuer/],
    ['with alg none', key.sign({ sub: 'alice' }, { alg: 'none' }), /key of the issuer/],
    ['with alg HS256', key.sign({ sub: 'alice' }, { alg: 'HS256' }), /key of the issuer/],
    ['with alg RS512', key.sign({ sub: 'alice' }, { alg: 'RS512' }), /key of the issuer/],
    ['with alg in a list', key.sign({ sub: 'alice' }, { alg: [algorithm] }), /alg and kid/],
    ['with crit', key.sign({ sub: 'alice' }, { crit: [] }), /without crit/],
    ['with a header in a list', replaced(good, 0, part([{ alg: algorithm, kid: algorithm }])), /JSON object/],
    ['with another payload', replaced(good, 1, part({ sub: 'mallory' })), /key of the issuer/],
    ['without a signature', replaced(good, 2, ''), /key of the issuer/],
    ['with half a signature', replaced(good, 2, good.split('.')[2]?.slice(0, 43) ?? ''), /key of the issuer/],
    ['with a padded signature', `${good}=`, /key of the issuer/],
    ['in two parts', good.split('.').slice(0, 2).join('.'), /three parts/],
    ['in four parts', `${good}.x`, /three parts/],
    ['that is too long', `${good}${'x'.repeat(8_192)}`, /longer than 8192/],
    ['of another issuer', key.sign({ sub: 'alice', iss: 'https://other.test' }), /^iss/],
    ['without an issuer', key.sign({ sub: 'alice', iss: undefined }), /^iss/],
    ['for another audience', key.sign({ sub: 'alice', aud: 'other' }), /^aud/],
    ['for a list without this audience', key.sign({ sub: 'alice', aud: ['x', 'firstcome2'] }), /^aud/],
    ['for a list with it', key.sign({ sub: 'alice', aud: ['x', 'firstcome'] }), /^user$/],
    ['without an expiry', key.sign({ sub: 'alice', exp: undefined }), /^exp/],
    ['that expired', key.sign({ sub: 'alice', exp: nowSeconds - 5 }), /expired/],
    ['that expired within the leeway', key.sign({ sub: 'alice', exp: nowSeconds - 4 }), /^user$/],
    ['that begins later', key.sign({ sub: 'alice', nbf: nowSeconds + 6 }), /not valid yet/],
    ['without a subject', key.sign({}), /^sub/],
  ])('%s', (_, token, reason) => {
    expect(reasonOf(token)).toMatch(reason)
  })

  test('and changed anywhere is refused', () => {
    const changed = fc
      .tuple(fc.nat({ max: good.length - 1 }), fc.constantFrom('A', 'z', '_', '.', ' ', 'Ł', '\0'))
      .filter(([at, letter]) => good[at] !== letter)
      .map(([at, letter]) => good.slice(0, at) + letter + good.slice(at + 1))
    fc.assert(
      fc.property(changed, (token) => {
        expect(verify(token).kind).toBe('refused')
      }),
      { numRuns: 300 },
    )
  })
})

test('the public key is no secret: HS256 with its text is refused', () => {
  const { jwk } = keyOf('RS256')
  const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
  for (const secret of [pem, pem.trim(), JSON.stringify(jwk)]) {
    const signed = `${part({ alg: 'HS256', kid: 'RS256' })}.${part({ sub: 'mallory', ...issuerClaims })}`
    const signature = createHmac('sha256', secret).update(signed).digest('base64url')
    expect(reasonOf(`${signed}.${signature}`)).toMatch(/key of the issuer/)
  }
})

test('a signature of ES256 in DER is refused', () => {
  // What node:crypto makes when nobody asks for the form of JOSE.
  const der = Buffer.concat([
    Buffer.from('30440220', 'hex'),
    Buffer.alloc(32, 1),
    Buffer.from('0220', 'hex'),
    Buffer.alloc(32, 1),
  ])
  expect(reasonOf(replaced(keyOf('ES256').sign({ sub: 'a' }), 2, der.toString('base64url')))).toMatch(
    /key of the/,
  )
})

test('Ed25519 is another name of EdDSA', () => {
  const key = createIssuerKey('EdDSA', 'ed')
  const ed = parseKeySet(keySetOf({ jwk: { ...key.jwk, alg: 'Ed25519' } }))
  const verifyEd = createKeySetVerifier({ ...rules, keySet: () => ed, readAgain: () => false })
  expect(verifyEd(key.sign({ sub: 'alice' })).kind).toBe('user')
})

test('a key that was taken out of the set verifies nothing more, though its header was seen', () => {
  let current = keySet
  const verifyNow = createKeySetVerifier({ ...rules, keySet: () => current, readAgain: () => false })
  const token = keyOf('ES256').sign({ sub: 'alice' })
  expect(verifyNow(token).kind).toBe('user')
  current = parseKeySet(keySetOf(keyOf('RS256')))
  expect(verifyNow(token).kind).toBe('refused')
})

test('another key under the same kid does not verify tokens of the old one', () => {
  let current = keySet
  const verifyNow = createKeySetVerifier({ ...rules, keySet: () => current, readAgain: () => false })
  const token = keyOf('ES256').sign({ sub: 'alice' })
  expect(verifyNow(token).kind).toBe('user')
  const next = createIssuerKey('ES256', 'ES256')
  current = parseKeySet(keySetOf(next))
  expect(verifyNow(token).kind).toBe('refused')
  expect(verifyNow(next.sign({ sub: 'alice' })).kind).toBe('user')
})

test('without a set, or for an unknown key while the set is read, the answer is to wait', () => {
  const token = createIssuerKey('ES256', 'new').sign({ sub: 'alice' })
  const waits = (options: { keySet(): typeof keySet | undefined; readAgain(): boolean }): string =>
    createKeySetVerifier({ ...rules, ...options })(token).kind
  expect(waits({ keySet: () => undefined, readAgain: () => false })).toBe('waiting')
  expect(waits({ keySet: () => keySet, readAgain: () => true })).toBe('waiting')
  expect(waits({ keySet: () => keySet, readAgain: () => false })).toBe('refused')
})

test('thousands of headers that lead to a key are not all kept, and each is judged', () => {
  const [header = '', payload, signature] = keyOf('ES256').sign({ sub: 'alice' }).split('.')
  const fields: object = JSON.parse(Buffer.from(header, 'base64url').toString())
  for (let n = 0; n < 1_000; n += 1)
    expect(verify([part({ ...fields, n }), payload, signature].join('.')).kind).toBe('refused')
  expect(verify([header, payload, signature].join('.')).kind).toBe('user')
})
