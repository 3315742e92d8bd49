import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openEvents } from '../harness/processes/event-stream.ts'
import { ask, campaignDocument, newUser, operatorToken, tokenOf } from '../harness/processes/http-client.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'
import {
  createIssuerKey,
  type IssuerKey,
  issuerAlgorithms,
  issuerClaims,
  keySetOf,
} from '../harness/values/issuer-key.ts'
import { until } from '../harness/values/until.ts'

/** The server of an issuer; without keys it does not answer. */
const openIssuer = async () => {
  let keys: readonly IssuerKey[] | undefined
  const server: Server = createServer((_, response) => {
    if (keys === undefined) response.destroy()
    else response.end(keySetOf(...keys))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    publish: (...published: readonly IssuerKey[]) => {
      keys = published
    },
    leave: () => {
      keys = undefined
    },
    close: () => server.close(),
  }
}
type Issuer = Awaited<ReturnType<typeof openIssuer>>

const startApi = (issuer: Issuer, waitFor: 'live' | 'ready'): Promise<Running> =>
  startPart(
    'api',
    {
      ...inject('environment'),
      JWKS_URL: issuer.url,
      JWKS_REFRESH_MS: '50',
      JWT_ISSUER: issuerClaims.iss,
      JWT_AUDIENCE: issuerClaims.aud,
      OPERATOR_CLAIM: 'firstcome_roles',
    },
    { folder: inject('folder'), waitFor },
  )
const listWith = async ({ url }: Running, token: string): Promise<unknown[]> => {
  const { status, body } = await ask(`${url}/v1/coupons`, { token })
  return [status, body['code']]
}

describe('an API process that trusts an issuer', () => {
  const keys = issuerAlgorithms.map((algorithm) => createIssuerKey(algorithm, algorithm))
  let issuer: Issuer
  let api: Running
  beforeAll(async () => {
    issuer = await openIssuer()
    issuer.publish(...keys)
    api = await startApi(issuer, 'ready')
  })
  afterAll(async () => {
    await api.stop()
    issuer.close()
  })

  test('sells to shoppers with its tokens, of each algorithm', async () => {
    const created = await ask(`${api.url}/v1/admin/campaigns`, {
      ...{ method: 'POST', token: operatorToken(), json: campaignDocument() },
    })
    const url = `${api.url}/v1/campaigns/${String(created.body['id'])}/coupons`
    for (const key of keys) {
      const user = newUser()
      const { status, body } = await ask(url, { method: 'POST', token: key.sign({ sub: user }) })
      expect([status, body['userId']]).toEqual([201, user])
    }
  })

  test('records who of its operators changed a campaign, under a name that no other operator has', async () => {
    const [key = createIssuerKey('EdDSA', 'none')] = keys
    const token = key.sign({ sub: 'alice', firstcome_roles: ['operator'] })
    const created = await ask(`${api.url}/v1/admin/campaigns`, {
      method: 'POST',
      token,
      json: campaignDocument(),
    })
    expect(created.status).toBe(201)
    const changes = `${api.url}/v1/admin/campaigns/${String(created.body['id'])}/changes`
    expect((await ask(changes, { token })).body['items']).toMatchObject([
      { action: 'created', by: 'sub:alice' },
    ])
    expect((await ask(changes, { token: key.sign({ sub: 'alice' }) })).status).toBe(403)
  })

  test('ends the stream of an operator when the token expires, and then refuses it', async () => {
    const [key = createIssuerKey('EdDSA', 'none')] = keys
    // Tokens are accepted for five seconds more (JWT_LEEWAY_MS).
    const exp = Math.floor(Date.now() / 1_000) - 3
    const [short, long] = [exp, exp + 600].map((end) =>
      key.sign({ sub: 'alice', firstcome_roles: ['viewer'], exp: end }),
    )
    const watch = (token = '') =>
      openEvents(`${api.url}/v1/admin/events`, { headers: { authorization: `Bearer ${token}` } })
    const [one, other] = await Promise.all([watch(short), watch(long)])
    expect([one.status, other.status]).toEqual([200, 200])
    expect(await one.ended).toBe('whole')
    const seen = other.events.length
    await until('the other goes on', () => other.events.length > seen)
    expect((await watch(short)).status).toBe(401)
    other.leave()
  })

  test('refuses tokens of the secret that do not name issuer and audience', async () => {
    expect(await listWith(api, tokenOf(newUser()))).toEqual([401, 'unauthorized'])
  })

  test('learns a new key, forgets an old one, and keeps what it knows while the issuer is away', async () => {
    const [before, after] = [createIssuerKey('ES256', 'before'), createIssuerKey('ES256', 'after')]
    issuer.publish(before)
    const [oldToken, newToken] = [before.sign({ sub: newUser() }), after.sign({ sub: newUser() })]
    await until('the first key is known', async () => (await listWith(api, oldToken))[0] === 200)
    expect((await listWith(api, newToken))[0]).not.toBe(200)
    issuer.publish(before, after)
    await until('the second key is known', async () => (await listWith(api, newToken))[0] === 200)
    expect((await listWith(api, oldToken))[0]).toBe(200)
    issuer.publish(after)
    await until('the first key is forgotten', async () => (await listWith(api, oldToken))[0] === 401)
    issuer.leave()
    await until('a reading failed', () =>
      Promise.resolve(/could not be read; the keys that/.test(api.lastLines(200).join('\n'))),
    )
    expect((await listWith(api, newToken))[0]).toBe(200)
  })
})

test('without the keys of its issuer a process is not ready and asks to try again, until they are there', async () => {
  const issuer = await openIssuer()
  const api = await startApi(issuer, 'live')
  const key = createIssuerKey('EdDSA', 'key')
  const token = key.sign({ sub: newUser() })
  expect(await listWith(api, token)).toEqual([503, 'unavailable'])
  expect((await ask(`${api.url}/readyz`)).body).toMatchObject({ checks: { keys: 'waiting' } })
  issuer.publish(key)
  await until('it is ready', async () => (await ask(`${api.url}/readyz`)).status === 200)
  expect((await listWith(api, token))[0]).toBe(200)
  await api.stop()
  issuer.close()
})

test('a process does not start with a file that is no key set', async () => {
  const settings = { JWKS_FILE: '/dev/null', JWT_ISSUER: 'x', JWT_AUDIENCE: 'y' }
  await expect(
    startPart(
      'api',
      { ...inject('environment'), ...settings },
      { folder: inject('folder'), waitFor: 'live' },
    ),
  ).rejects.toThrow(/expected a JWK Set/)
})
