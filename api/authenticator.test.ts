import { hash } from 'node:crypto'
import { createSigner } from 'fast-jwt'
import { describe, expect, test } from 'vitest'
import { formatOperatorToken, operatorTokens } from '../coupon/operator.ts'
import { trustedPeers } from '../platform/http/trusted-peers.ts'
import { parseKeySet } from '../platform/tokens/key-set.ts'
import { createIssuerKey, issuerClaims, keySetOf } from '../test/harness/values/issuer-key.ts'
import { type AuthenticatorOptions, createAuthenticator } from './authenticator.ts'
import type { Handler, HttpContext } from './route.ts'

const secret = 'a secret of this test, of 32 bytes or more'
const key = createIssuerKey('EdDSA', 'key')
const keySet = parseKeySet(keySetOf(key))
const adminToken = 'the token of everybody'
const named = (['viewer', 'operator', 'orders'] as const).map((role) =>
  formatOperatorToken(`named-${role}`, [role], hash('sha256', `token of ${role}`)),
)
const shoppers = {
  ...{ secret, leewayMs: 0, now: Date.now },
  issuerKeys: { keySet: () => keySet, readAgain: () => false },
  issuer: issuerClaims.iss,
  audience: issuerClaims.aud,
  operatorClaim: 'team',
}
const callersWith = (changes: Partial<AuthenticatorOptions['shoppers']> = {}) =>
  createAuthenticator({
    shoppers: { ...shoppers, ...changes },
    adminToken,
    operatorTokens: operatorTokens.parse(named.join()),
  })
const callers = callersWith()

/** What a handler answers to this token: who it is for, or status and code. */
const askWith = async (
  handler: Handler,
  token: string | undefined,
  { peer = '198.51.100.1', user }: { peer?: string; user?: string } = {},
): Promise<unknown> => {
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(user === undefined ? {} : { 'x-user-id': user }),
  }
  const incoming = { headers, socket: { remoteAddress: peer } }
  const response = await handler({ env: { incoming } } as unknown as HttpContext)
  const body = (await response.json()) as { code?: string }
  return response.status === 200 ? body : [response.status, body.code]
}
const unauthorized = [401, 'unauthorized']
const forbidden = [403, 'forbidden']
const signerOf =
  (text: string) =>
  (claims: Record<string, unknown>): string =>
    createSigner({ key: text, algorithm: 'HS256' })(claims)
const hs256Of = (sub: string): string => signerOf(secret)({ sub, ...issuerClaims })

test('a handler learns when the token of an issuer expires, leeway included; other tokens never do', async () => {
  const until = callersWith({ leewayMs: 3_000 }).requireRole('viewer', (_context, _operator, expiresAtMs) =>
    Response.json(expiresAtMs ?? 'never'),
  )
  const exp = 4_000_000_000
  expect(await askWith(until, key.sign({ sub: 'alice', team: 'viewer', exp }))).toBe(exp * 1_000 + 3_000)
  expect([await askWith(until, 'token of viewer'), await askWith(until, adminToken)]).toEqual([
    'never',
    'never',
  ])
})

describe('requireRole', () => {
  const viewers = callers.requireRole('viewer', (_, operator) => Response.json(operator))
  const operators = callers.requireRole('operator', (_, { name }) => Response.json(name))
  const orders = callers.requireRole('orders', (_, { name }) => Response.json(name))
  const team = (roles: unknown, sub = 'alice'): string => key.sign({ sub, team: roles })

  test.each([
    ['token of viewer', { name: 'named-viewer', roles: ['viewer'] }, forbidden, forbidden],
    [
      'token of operator',
      { name: 'named-operator', roles: ['viewer', 'operator'] },
      'named-operator',
      forbidden,
    ],
    ['token of orders', forbidden, forbidden, 'named-orders'],
    [adminToken, { name: 'operator', roles: ['viewer', 'operator'] }, 'operator', forbidden],
    [team('viewer'), { name: 'sub:alice', roles: ['viewer'] }, forbidden, forbidden],
    [
      team(['operator', 'baker']),
      { name: 'sub:alice', roles: ['viewer', 'operator'] },
      'sub:alice',
      forbidden,
    ],
    [team(['orders']), forbidden, forbidden, 'sub:alice'],
    [team('orders', 'a'.repeat(60)), forbidden, forbidden, `sub:${'a'.repeat(60)}`],
    [team('orders', 'a'.repeat(61)), forbidden, forbidden, forbidden],
    [team('orders', 'two words'), forbidden, forbidden, forbidden],
    [team(['baker']), forbidden, forbidden, forbidden],
    [team('viewer operator'), forbidden, forbidden, forbidden],
    [team({ operator: true }), forbidden, forbidden, forbidden],
    [key.sign({ sub: 'alice' }), forbidden, forbidden, forbidden],
    [key.sign({ sub: 'alice', team: 'operator', exp: 1 }), unauthorized, unauthorized, unauthorized],
    [
      createIssuerKey('EdDSA', 'key').sign({ sub: 'a', team: 'operator' }),
      unauthorized,
      unauthorized,
      unauthorized,
    ],
    [hs256Of('alice'), forbidden, forbidden, forbidden],
    ['', unauthorized, unauthorized, unauthorized],
    [undefined, unauthorized, unauthorized, unauthorized],
  ])('%s', async (token, asViewer, asOperator, asOrders) => {
    expect(await askWith(viewers, token)).toEqual(asViewer)
    expect(await askWith(operators, token)).toEqual(asOperator)
    expect(await askWith(orders, token)).toEqual(asOrders)
  })

  test('a token that is signed with the secret makes no operator, whatever it claims', async () => {
    const signed = signerOf(secret)({ sub: 'mallory', team: 'operator', ...issuerClaims })
    expect(await askWith(operators, signed)).toEqual(forbidden)
    const withoutKeys = createAuthenticator({ shoppers: { ...shoppers, issuerKeys: undefined }, adminToken })
    expect(
      await askWith(
        withoutKeys.requireRole('operator', () => Response.json(1)),
        signed,
      ),
    ).toEqual(unauthorized)
  })

  test('without the setting a claim means nothing', async () => {
    const off = callersWith({ operatorClaim: undefined })
    const token = key.sign({ sub: 'alice', team: 'operator' })
    expect(
      await askWith(
        off.requireRole('viewer', () => Response.json(1)),
        token,
      ),
    ).toEqual(unauthorized)
  })

  test('a property that every object inherits is not taken for a claim', async () => {
    const odd = callersWith({ operatorClaim: 'constructor' })
    expect(
      await askWith(
        odd.requireRole('viewer', () => Response.json(1)),
        key.sign({ sub: 'a' }),
      ),
    ).toEqual(forbidden)
  })
})

describe('requireShopperOrRole', () => {
  const either = callers.requireShopperOrRole('orders', (_, caller) => Response.json(caller))

  test.each([
    ['a shopper', hs256Of('alice'), { kind: 'shopper', userId: 'alice' }],
    ['a shopper of the issuer', key.sign({ sub: 'alice' }), { kind: 'shopper', userId: 'alice' }],
    [
      'a shopper of the team',
      key.sign({ sub: 'alice', team: 'viewer' }),
      { kind: 'shopper', userId: 'alice' },
    ],
    [
      'an order service',
      'token of orders',
      { kind: 'operator', operator: { name: 'named-orders', roles: ['orders'] } },
    ],
    [
      'an order service of the issuer',
      key.sign({ sub: 'shop', team: 'orders' }),
      { kind: 'operator', operator: { name: 'sub:shop', roles: ['orders'] } },
    ],
    ['another operator', 'token of operator', forbidden],
    ['the operator of ADMIN_TOKEN', adminToken, forbidden],
    ['a shopper with an odd name', key.sign({ sub: 'a b' }), unauthorized],
    ['nobody', undefined, unauthorized],
    ['somebody else', 'x', unauthorized],
  ])('%s', async (_, token, expected) => {
    expect(await askWith(either, token)).toEqual(expected)
  })
})

describe('requireShopper', () => {
  const shopper = (options: Partial<AuthenticatorOptions['shoppers']> = {}): Handler =>
    callersWith(options).requireShopper((_, userId, claims) => Response.json([userId, claims['tier']]))

  test('tokens of the secret and of the issuer are both accepted, with their claims', async () => {
    expect(await askWith(shopper(), hs256Of('alice'))).toEqual(['alice', null])
    expect(await askWith(shopper(), key.sign({ sub: 'bob', tier: 'gold' }))).toEqual(['bob', 'gold'])
  })

  test('without the other kind, a token of it is refused', async () => {
    expect(await askWith(shopper({ issuerKeys: undefined }), key.sign({ sub: 'a' }))).toEqual(unauthorized)
    expect(await askWith(shopper({ secret: undefined }), hs256Of('alice'))).toEqual(unauthorized)
  })

  test('a token of the previous secret is accepted beside one of the secret', async () => {
    const [old, current] = ['the secret that was used before this', secret]
    const rotating = shopper({ previousSecret: old })
    for (const text of [old, current])
      expect(await askWith(rotating, signerOf(text)({ sub: 'a', ...issuerClaims }))).toEqual(['a', null])
    expect(await askWith(shopper(), signerOf(old)({ sub: 'a', ...issuerClaims }))).toEqual(unauthorized)
    const third = signerOf('a secret that nobody has ever had')({ sub: 'a', ...issuerClaims })
    expect(await askWith(rotating, third)).toEqual(unauthorized)
  })

  test('while the keys of the issuer are read its tokens wait, and those of the secret do not', async () => {
    const waiting = shopper({ issuerKeys: { keySet: () => undefined, readAgain: () => true } })
    expect(await askWith(waiting, key.sign({ sub: 'a' }))).toEqual([503, 'unavailable'])
    expect(await askWith(waiting, hs256Of('alice'))).toEqual(['alice', null])
  })
})

describe('the header of a gateway', () => {
  const gateways = trustedPeers.parse('10.0.0.7, 10.1.0.0/16, fd00::/64')
  const behind = createAuthenticator({ shoppers, adminToken, gateway: { header: 'x-user-id', gateways } })
  const shopper = behind.requireShopper((_, userId, claims) => Response.json([userId, claims]))
  const either = behind.requireShopperOrRole('orders', (_, caller) => Response.json(caller))

  test.each(['10.0.0.7', '::ffff:10.0.0.7', '10.1.255.255', 'fd00::1'])('is believed of %s', async (peer) => {
    expect(await askWith(shopper, undefined, { peer, user: 'alice' })).toEqual(['alice', {}])
    expect(await askWith(either, undefined, { peer, user: 'alice' })).toEqual({
      kind: 'shopper',
      userId: 'alice',
    })
  })

  test.each(['10.0.0.8', '::ffff:10.0.0.8', '10.2.0.0', 'fd00:0:0:1::1', '127.0.0.1', '::1'])(
    'is worth nothing from %s',
    async (peer) => {
      expect(await askWith(shopper, undefined, { peer, user: 'alice' })).toEqual(unauthorized)
      expect(await askWith(either, undefined, { peer, user: 'alice' })).toEqual(unauthorized)
      // A token beside it counts by itself.
      expect(await askWith(shopper, hs256Of('bob'), { peer, user: 'alice' })).toEqual([
        'bob',
        expect.anything(),
      ])
    },
  )

  test('counts before a token that came through the gateway', async () => {
    const way = { peer: '10.0.0.7', user: 'alice' }
    expect(await askWith(shopper, hs256Of('bob'), way)).toEqual(['alice', {}])
    expect(await askWith(shopper, 'no token', way)).toEqual(['alice', {}])
  })

  test.each(['', 'two words', 'alice, bob', 'u'.repeat(65), 'alice\n'])(
    'has a user id, and not %j',
    async (user) => {
      expect(await askWith(shopper, undefined, { peer: '10.0.0.7', user })).toEqual(unauthorized)
      expect(await askWith(either, undefined, { peer: '10.0.0.7', user })).toEqual(unauthorized)
    },
  )

  test('without it a gateway is asked for a token as everybody is', async () => {
    expect(await askWith(shopper, undefined, { peer: '10.0.0.7' })).toEqual(unauthorized)
    expect(await askWith(shopper, hs256Of('bob'), { peer: '10.0.0.7' })).toEqual(['bob', expect.anything()])
  })

  test('makes nobody an operator', async () => {
    const viewers = behind.requireRole('viewer', () => Response.json(1))
    expect(await askWith(viewers, undefined, { peer: '10.0.0.7', user: 'operator' })).toEqual(unauthorized)
  })

  test('means nothing where no gateway is configured', async () => {
    const open = callers.requireShopper((_, userId) => Response.json(userId))
    expect(await askWith(open, undefined, { peer: '10.0.0.7', user: 'alice' })).toEqual(unauthorized)
  })
})
