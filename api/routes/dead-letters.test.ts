import { Readable } from 'node:stream'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { Failure } from '../../platform/failure.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { storedLetterOf } from '../../test/harness/values/stored-letters.ts'
import { createApp } from '../app.ts'
import { createAuthenticator } from '../authenticator.ts'
import type { Bindings } from '../route.ts'
import { type DeadLetterParts, deadLetterRoutes } from './dead-letters.ts'

const away = (): Promise<never> => Promise.reject(new Failure('unavailable', 'Kafka: no answer'))
const kafkaAway: DeadLetterParts = {
  recent: { read: away, readNow: away, during: away },
  find: away,
  redriver: { plan: away, redrive: away },
}

const ask = async (deadLetters: DeadLetterParts, method: 'GET' | 'POST', path: string, json = {}) => {
  const logged: unknown[] = []
  const routes = deadLetterRoutes({
    deadLetters,
    authenticator: createAuthenticator({
      shoppers: { secret: undefined, leewayMs: 0, now: Date.now },
      adminToken: 'a token',
    }),
    addressOf: () => '192.0.2.1',
    log: { info: (...line: unknown[]) => void logged.push(line) },
  })
  const headers = { authorization: 'Bearer a token', 'content-type': 'application/json' }
  const incoming = Object.assign(Readable.from([JSON.stringify(json)]), { headers, method, url: path })
  incoming.iterator = () => incoming[Symbol.asyncIterator]()
  const bindings = { incoming, outgoing: { setHeader: () => {} } } as unknown as Bindings
  const app = createApp(routes, new Hono(), createLogger('api', 'silent'))
  const response = await app.fetch(new Request(`http://api${path}`, { method, headers }), bindings)
  const body = (await response.json()) as Record<string, unknown>
  return {
    status: response.status,
    code: body['code'],
    body,
    retryAfter: response.headers.get('retry-after'),
    logged,
  }
}

const one = '/v1/admin/dead-letters/0/17'
const many = '/v1/admin/dead-letter-redrives'

test.each([
  ['GET', '/v1/admin/dead-letters', {}],
  ['GET', one, {}],
  ['POST', `${one}/redrive`, { dryRun: true }],
  ['POST', `${one}/redrive`, { dryRun: false, reason: 'a test' }],
  ['POST', many, { dryRun: true }],
] as const)('without Kafka %s %s is unavailable, with when to ask again', async (method, path, json) => {
  const { status, code, retryAfter, logged } = await ask(kafkaAway, method, path, json)
  expect([status, code, Number(retryAfter) > 0, logged]).toEqual([503, 'unavailable', true, []])
})

const letter = storedLetterOf()
const note = { letter: letter.position, to: { partition: 2, offset: 9 }, time: 'T' }

test('a redrive of which Kafka acknowledged nothing is unavailable, and one of a part of it lists each letter', async () => {
  const redriven = {
    kind: 'redriven',
    redriven: [] as { letter: typeof letter; note: typeof note }[],
  } as const
  const parts: DeadLetterParts = {
    ...kafkaAway,
    redriver: { plan: away, redrive: async () => ({ ...redriven, unknown: [letter], left: 0 }) },
  }
  const body = { dryRun: false, reason: 'why' }
  const nothing = await ask(parts, 'POST', many, body)
  expect([nothing.status, nothing.code]).toEqual([503, 'unavailable'])
  expect(nothing.body['detail']).toContain('still open')
  redriven.redriven.push({ letter, note })
  const part = await ask(parts, 'POST', many, { ...body, onlyReason: 'late' })
  expect(part.body['letters']).toMatchObject([
    { outcome: 'redriven', to: '2:9' },
    { outcome: 'not-acknowledged', to: null },
  ])
  const who = { by: 'operator', from: '192.0.2.1', why: 'why', only: 'late' }
  expect(part.logged).toEqual([
    [{ ...who, redriven: 1, unknown: 1, left: 0 }, 'an operator redrove dead letters'],
  ])
})

test('a dry run is not logged as a redrive', async () => {
  const planned = [{ letter, outlook: { kind: 'row' } as const }]
  const parts: DeadLetterParts = {
    ...kafkaAway,
    redriver: { plan: async () => ({ kind: 'planned', planned, left: 2 }), redrive: away },
  }
  const { status, body, logged } = await ask(parts, 'POST', `${one}/redrive`, { dryRun: true })
  expect([status, body['left'], logged]).toEqual([200, 2, []])
})
