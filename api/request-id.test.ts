import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Failure } from '../platform/failure.ts'
import { createHealthRoutes } from '../platform/http/health.ts'
import { type HttpServer, serveHttp } from '../platform/http/server.ts'
import { createLogger } from '../platform/log/logger.ts'
import { createMetrics } from '../platform/metrics/metrics.ts'
import { toScrape } from '../test/harness/metrics/metric-text.ts'
import { type ApiAnswer, ask } from '../test/harness/processes/http-client.ts'
import { measureAnswers } from './answer-metrics.ts'
import { createApp } from './app.ts'
import { jsonResponse } from './json-response.ts'
import { echoRequestIds } from './request-id.ts'
import type { Route } from './route.ts'

const lines: Record<string, unknown>[] = []
const metrics = createMetrics()
const campaignId = '01a1fe69-7d10-770e-92dc-168166463406'
let server: HttpServer

/** Routes that succeed, fail with a `Failure`, and throw an unexpected error. */
const operation = { id: 'do', summary: 'Do', answers: {}, problems: [] }
const open = { lane: 'read', caller: 'anyone', operation } as const
const routes: Route[] = [
  { ...open, method: 'GET', path: '/well', handle: () => jsonResponse({}, 200, {}) },
  { ...open, method: 'POST', path: '/well', handle: async () => jsonResponse({}, 201, {}) },
  {
    ...open,
    method: 'GET',
    path: '/recovering/:campaignId',
    handle: () => Promise.reject(new Failure('recovering', 'stale')),
  },
  {
    ...open,
    method: 'GET',
    path: '/broken/:campaignId',
    handle: () => {
      throw new Error('two and two is five')
    },
  },
]

beforeAll(async () => {
  const log = createLogger('api', 'debug', {
    stream: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
    monotonicMs: () => performance.now(),
  })
  const app = createApp(routes, createHealthRoutes([]), log)
  server = await serveHttp(
    measureAnswers(echoRequestIds(app), metrics, () => performance.now()),
    {
      host: '127.0.0.1',
      port: 0,
      keepAliveTimeoutMs: 1_000,
      requestTimeoutMs: 10_000,
      connectionsMax: 100,
    },
  )
})
afterAll(() => server.close(100))

const get = (path: string, requestId?: string): Promise<ApiAnswer> =>
  ask(
    `http://127.0.0.1:${server.port}${path}`,
    requestId === undefined ? {} : { headers: { 'x-request-id': requestId } },
  )
const idIn = ({ headers }: ApiAnswer): string | null => headers.get('x-request-id')

test.each(['/well', '/nowhere', '/livez', `/recovering/${campaignId}`, `/broken/${campaignId}`])(
  'an answer of %s has the request id of the caller',
  async (path) => {
    for (const given of [
      randomUUID(),
      '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      'a'.repeat(128),
    ])
      expect(idIn(await get(path, given))).toBe(given)
  },
)

test.each(['a'.repeat(129), 'two words', '<script>', 'a;b', '-a', 'a,b', '"'])(
  'a malformed request id is not repeated: %s',
  async (given) => {
    expect(idIn(await get('/well', given))).toBeNull()
  },
)

test('a request without an id gets none, unless it is a 500: that gets a new one', async () => {
  expect(idIn(await get('/well'))).toBeNull()
  expect(idIn(await get(`/recovering/${campaignId}`))).toBeNull()
  lines.length = 0
  const answer = await get(`/broken/${campaignId}`)
  expect([answer.status, answer.body['code']]).toEqual([500, 'internal'])
  expect(idIn(answer)).toMatch(/^[0-9a-f-]{36}$/)
  expect(lines).toMatchObject([
    {
      level: 50,
      msg: 'a request failed with an internal error',
      requestId: idIn(answer),
      campaignId,
      route: 'GET /broken/:campaignId',
      err: { message: expect.stringContaining('two and two is five') },
    },
  ])
  expect(JSON.stringify(answer.body)).not.toContain('five')
})

test('a log line has the ids of request and campaign, but no malformed id', async () => {
  lines.length = 0
  const secret = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9'
  await get(`/recovering/${campaignId}`, 'mine-1')
  await get(`/recovering/${secret}`, 'mine-2')
  expect(lines).toMatchObject([
    { level: 20, code: 'recovering', requestId: 'mine-1', campaignId },
    { level: 20, code: 'recovering', requestId: 'mine-2' },
  ])
  expect(JSON.stringify(lines)).not.toContain(secret)
})

test('answers are counted by route and status, and timed by route; the rest is `other`', async () => {
  const countsByRoute = async (): Promise<Record<string, number>> => {
    const answers = toScrape(await metrics.read()).families.get('firstcome_http_answers_total')
    return Object.fromEntries(
      answers?.samples.map(({ labels, value }) => [`${labels['route']} ${labels['status']}`, value]) ?? [],
    )
  }
  const before = await countsByRoute()
  const url = `http://127.0.0.1:${server.port}`
  await ask(`${url}/well`, { method: 'POST' })
  await ask(`${url}/well`, { method: 'HEAD' })
  await ask(`${url}/well`, { method: 'POST', body: 'x'.repeat(70_000) })
  await ask(`${url}/well`, { method: 'DELETE' })
  for (const path of ['/well', '/recovering/a', '/broken/a', '/nowhere', '/elsewhere', '/readyz'])
    await get(path)
  const after = await countsByRoute()
  const grown = Object.entries(after).map(([key, value]) => [key, value - (before[key] ?? 0)] as const)
  expect(Object.fromEntries(grown.filter(([, count]) => count > 0))).toEqual({
    'POST /well 201': 2,
    'GET /well 200': 2,
    'GET /recovering/:campaignId 503': 1,
    'GET /broken/:campaignId 500': 1,
    'other 404': 2,
    'other 405': 1,
    'other 200': 1,
  })
  const timed = toScrape(await metrics.read()).by('firstcome_http_answer_duration_seconds_count', 'route')
  for (const [route, count] of Object.entries(timed))
    expect(count).toBe(
      Object.entries(after).reduce((sum, [key, value]) => sum + (key.startsWith(`${route} `) ? value : 0), 0),
    )
})
