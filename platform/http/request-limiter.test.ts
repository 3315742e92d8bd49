import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { afterEach, expect, test } from 'vitest'
import { openConnection } from '../../test/harness/processes/raw-connection.ts'
import { until } from '../../test/harness/values/until.ts'
import { createBound } from '../group-commit.ts'
import type { ClientLimits } from './client-bounds.ts'
import { limitRequests, requestsUnansweredMax, requestsUnderWayMax } from './request-limiter.ts'
import { type HttpServer, serveHttp } from './server.ts'

const servers: HttpServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close(0))))

type Limits = { inFlightMax: number; places?: number; clients?: Partial<ClientLimits> }

/** Answers of `/long`. A few of them fill what kernels hold for a client that does not read. */
const longBody = 'x'.repeat(4_000_000)

/**
 * A server with two lanes of `inFlightMax` requests and `places`: one for POST, one for GET. `/livez` and
 * `/long` have none and are answered at once. A request is 503 when its client is at the bound, or the lane
 * for GET is full. Each other request stays in flight until the test lets its path go.
 */
const serve = async ({ inFlightMax, places = 100, clients = {} }: Limits) => {
  const [bound, readBound] = [createBound(places), createBound(places)]
  const seen: string[] = []
  const refusals: string[] = []
  const held = new Map<string, () => void>()
  const refused = new WeakSet<object>()
  let disconnected = 0
  const app = new Hono<{ Bindings: HttpBindings }>().all('*', async ({ req, env, json, text }) => {
    seen.push(req.path)
    if (refused.has(env.incoming)) return json({}, 503)
    if (req.path.startsWith('/livez')) return json({})
    if (req.path.startsWith('/long')) return text(longBody)
    const { promise, resolve } = Promise.withResolvers<void>()
    held.set(req.path, resolve)
    await promise
    return json({ path: req.path })
  })
  const server = await serveHttp(app, {
    host: '127.0.0.1',
    port: 0,
    keepAliveTimeoutMs: 60_000,
    requestTimeoutMs: 60_000,
    connectionsMax: 100,
    requestLimits: {
      laneOf: ({ method, url = '' }) =>
        method === 'POST'
          ? 'change'
          : url.startsWith('/livez') || url.startsWith('/long')
            ? undefined
            : 'read',
      lanes: {
        change: { inFlightMax, queueBound: bound },
        read: {
          inFlightMax,
          queueBound: readBound,
          onFull: (request) => void refused.add(request),
        },
      },
      clients: { connectionsMax: 0, requestsMax: 0, proxies: 0, ...clients },
      onDisconnected: () => (disconnected += 1),
      onRefused(reason, request) {
        refusals.push(reason)
        if (request !== undefined) refused.add(request)
      },
    },
  })
  servers.push(server)
  const url = `http://127.0.0.1:${server.port}`
  const ask = async (path: string, method = 'POST', headers = '') => {
    const connection = await openConnection(url)
    connection.send(`${method} ${path} HTTP/1.1\r\nhost: here\r\n${headers}\r\n`)
    const answer = connection.answer()
    // Nobody awaits the answer of a client that disconnects.
    answer.catch(() => undefined)
    return { answer, disconnect: connection.end }
  }
  return {
    bound,
    seen,
    refusals,
    ask,
    server,
    url,
    disconnected: () => disconnected,
    letGo: (path: string) => held.get(path)?.(),
    isSeen: (path: string) => until(`${path} is seen`, () => seen.includes(path)),
    waiting: (count: number) => until(`${count} wait`, () => bound.held + readBound.held === count),
  }
}

const pipelined = (count: number, method: string, path: string): string =>
  Array.from(
    { length: count },
    (_, index) => `${method} ${path}/${index + 1} HTTP/1.1\r\nhost: here\r\n\r\n`,
  ).join('')

test('requests over the limit wait in order, and free their places in the queue', async () => {
  const { ask, seen, isSeen, waiting, letGo } = await serve({ inFlightMax: 2 })
  const paths = ['/1', '/2', '/3', '/4', '/5', '/6']
  const answers = []
  for (const [index, path] of paths.entries()) {
    answers.push((await ask(path)).answer)
    await (index < 2 ? isSeen(path) : waiting(index - 1))
  }
  expect(seen).toEqual(['/1', '/2'])
  for (const [index, path] of paths.entries()) {
    await isSeen(path)
    expect(seen).toHaveLength(Math.min(index + 2, paths.length))
    letGo(path)
    expect(await answers[index]).toMatchObject({ status: 200, body: JSON.stringify({ path }) })
  }
  expect(seen).toEqual(paths)
  await waiting(0)
})

test('a waiting request of a disconnected client is skipped', async () => {
  const { ask, seen, server, waiting, letGo, isSeen, disconnected } = await serve({ inFlightMax: 1 })
  const first = await ask('/first')
  await isSeen('/first')
  const leaving = await ask('/leaving')
  await waiting(1)
  const staying = await ask('/staying')
  await waiting(2)
  leaving.disconnect()
  await until('the server has noticed', async () => (await server.connections()) === 2)
  letGo('/first')
  await first.answer
  await isSeen('/staying')
  letGo('/staying')
  expect((await staying.answer).status).toBe(200)
  expect(seen).toEqual(['/first', '/staying'])
  expect(disconnected()).toBe(1)
})

test('a client that disconnects keeps its turn until the application is done with its request', async () => {
  const { ask, seen, server, waiting, letGo, isSeen } = await serve({ inFlightMax: 1 })
  const leaving = await ask('/leaving')
  await isSeen('/leaving')
  const next = await ask('/next')
  await waiting(1)
  leaving.disconnect()
  await until('the server has noticed', async () => (await server.connections()) === 1)
  expect(seen).toEqual(['/leaving'])
  letGo('/leaving')
  await isSeen('/next')
  letGo('/next')
  expect((await next.answer).status).toBe(200)
})

test('when the queue is full the application gets the request at once, to reject it', async () => {
  const { ask, seen, isSeen, waiting, letGo } = await serve({ inFlightMax: 1, places: 2 })
  const answers = [(await ask('/1')).answer]
  await isSeen('/1')
  answers.push((await ask('/2')).answer)
  await waiting(1)
  answers.push((await ask('/3')).answer)
  await waiting(2)
  const rejected = await ask('/rejected')
  await isSeen('/rejected')
  letGo('/rejected')
  expect((await rejected.answer).status).toBe(200)
  expect(seen).toEqual(['/1', '/rejected'])
  for (const path of ['/1', '/2', '/3']) {
    await isSeen(path)
    letGo(path)
  }
  for (const answer of answers) expect((await answer).status).toBe(200)
})

test('requests wait only behind those of their lane; what has no lane never waits', async () => {
  const { ask, seen, isSeen, waiting, letGo, bound } = await serve({ inFlightMax: 1 })
  const press = await ask('/press')
  await isSeen('/press')
  const read = await ask('/read', 'GET')
  await isSeen('/read')
  const head = await ask('/head', 'HEAD')
  const pressAgain = await ask('/press-again')
  await waiting(1)
  const health = await ask('/livez', 'GET')
  expect((await health.answer).status).toBe(200)
  expect([seen, bound.held]).toEqual([['/press', '/read', '/livez'], 1])
  letGo('/read')
  expect((await read.answer).status).toBe(200)
  await isSeen('/head')
  head.disconnect()
  for (const path of ['/press', '/press-again']) {
    await isSeen(path)
    letGo(path)
  }
  expect([(await press.answer).status, (await pressAgain.answer).status]).toEqual([200, 200])
})

test('a lane can say of a request that it was full, before the application gets it', async () => {
  const { ask, isSeen, waiting, letGo, seen } = await serve({ inFlightMax: 1, places: 1 })
  const first = await ask('/first', 'GET')
  await isSeen('/first')
  const second = await ask('/second', 'GET')
  await waiting(1)
  expect((await (await ask('/third', 'GET')).answer).status).toBe(503)
  for (const path of ['/first', '/second']) {
    await isSeen(path)
    letGo(path)
  }
  expect([(await first.answer).status, (await second.answer).status]).toEqual([200, 200])
  expect(seen).toEqual(['/first', '/third', '/second'])
})

test('one connection has few requests under way; the others behind them hold no place', async () => {
  const { ask, url, seen, isSeen, waiting, letGo, bound } = await serve({ inFlightMax: 2 })
  const many = await openConnection(url)
  many.send(pipelined(requestsUnansweredMax, 'POST', '/many'))
  await waiting(requestsUnderWayMax - 2)
  const other = await ask('/other')
  await waiting(requestsUnderWayMax - 1)
  expect([seen, bound.held]).toEqual([['/many/1', '/many/2'], requestsUnderWayMax - 1])
  // The answers to these two make room for two others, which queue behind everybody.
  for (const path of ['/many/1', '/many/2', '/many/3', '/many/4', '/other']) {
    await isSeen(path)
    letGo(path)
  }
  expect((await other.answer).status).toBe(200)
  for (let index = 1; index <= requestsUnansweredMax; index += 1) {
    await isSeen(`/many/${index}`)
    letGo(`/many/${index}`)
    expect(await many.answer()).toMatchObject({ status: 200, body: `{"path":"/many/${index}"}` })
  }
  expect(seen.indexOf('/other')).toBe(requestsUnderWayMax)
  many.end()
})

test.each(['POST', 'GET'])(
  'a connection with one %s too many without an answer is closed, and its others are not served',
  async (method) => {
    const { ask, url, seen, isSeen, letGo, refusals, disconnected } = await serve({ inFlightMax: 1 })
    const held = await ask('/held', method)
    await isSeen('/held')
    const many = await openConnection(url)
    many.send(pipelined(requestsUnansweredMax + 1, method, '/many'))
    await many.closed
    expect(refusals).toEqual(['requests-of-connection'])
    letGo('/held')
    expect((await held.answer).status).toBe(200)
    await until('all are dropped', () => disconnected() === requestsUnansweredMax)
    const other = await ask('/other', method)
    await isSeen('/other')
    letGo('/other')
    expect((await other.answer).status).toBe(200)
    expect(seen).toEqual(['/held', '/other'])
  },
)

test('what a client pipelined behind the request that closed its connection becomes no request', async () => {
  const server = createServer(() => undefined)
  limitRequests(server, {
    laneOf: () => undefined,
    lanes: {},
    clients: { connectionsMax: 0, requestsMax: 0, proxies: 0 },
    onDisconnected: () => undefined,
    onRefused: () => undefined,
  })
  let parsed = 0
  server.on('request', () => (parsed += 1))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const many = await openConnection(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  many.send(pipelined(500, 'GET', '/many'))
  await many.closed
  server.close()
  await once(server, 'close')
  expect(parsed).toBe(requestsUnansweredMax + 1)
})

test('an answer that nobody reads holds no turn, and the places of its own connection', async () => {
  const { ask, url, seen, isSeen, waiting, letGo } = await serve({ inFlightMax: 1 })
  const never = await openConnection(url)
  never.stopReading()
  // The first answer is more than kernels hold, so none is sent.
  never.send(`GET /long HTTP/1.1\r\nhost: here\r\n\r\n${pipelined(4, 'POST', '/unread')}`)
  for (let index = 1; index < requestsUnderWayMax; index += 1) {
    await isSeen(`/unread/${index}`)
    letGo(`/unread/${index}`)
  }
  await waiting(0)
  const other = await ask('/other')
  await isSeen('/other')
  letGo('/other')
  expect((await other.answer).status).toBe(200)
  expect(seen).toEqual(['/long', '/unread/1', '/unread/2', '/unread/3', '/other'])
  never.end()
})

test('an address has a bound of connections; another one has its own, and one that closes makes room', async () => {
  const { url, refusals, server } = await serve({ inFlightMax: 1, clients: { connectionsMax: 2 } })
  const livez = async (from: string) => {
    const connection = await openConnection(url, from)
    connection.send('GET /livez HTTP/1.1\r\nhost: here\r\n\r\n')
    const answer = await connection.answer().catch(() => undefined)
    return { status: answer?.status, end: connection.end }
  }
  const [first, second] = [await livez('127.0.0.2'), await livez('127.0.0.2')]
  expect((await livez('127.0.0.2')).status).toBeUndefined()
  expect(refusals).toEqual(['connections-of-client'])
  expect([first.status, second.status]).toEqual([200, 200])
  expect((await livez('127.0.0.3')).status).toBe(200)
  // Programs on this machine are not counted.
  for (let count = 0; count < 4; count += 1) expect((await livez('127.0.0.1')).status).toBe(200)
  first.end()
  await until('the server has noticed', async () => (await server.connections()) === 6)
  expect((await livez('127.0.0.2')).status).toBe(200)
})

test('an address has a bound of requests; another one has its own, and an answer makes room', async () => {
  const limits = { inFlightMax: 9, clients: { requestsMax: 2, proxies: 1 } }
  const { ask, seen, isSeen, letGo, refusals } = await serve(limits)
  const from = (path: string, addresses: string) => ask(path, 'POST', `x-forwarded-for: ${addresses}\r\n`)
  const [first, second] = [await from('/1', '203.0.113.1'), await from('/2', '203.0.113.1')]
  await isSeen('/1')
  await isSeen('/2')
  expect((await (await from('/3', '203.0.113.9, 203.0.113.1')).answer).status).toBe(503)
  expect(refusals).toEqual(['requests-of-client'])
  await from('/4', '203.0.113.1, 203.0.113.2')
  await isSeen('/4')
  letGo('/1')
  expect((await first.answer).status).toBe(200)
  await from('/5', '203.0.113.1')
  await isSeen('/5')
  second.disconnect()
  await until('a client that left makes room', async () => {
    await from('/6', '203.0.113.1')
    return seen.includes('/6') && refusals.length === 1
  })
})

test('a request that waits when the server closes is answered, then its connection closes', async () => {
  const { ask, server, isSeen, waiting, letGo } = await serve({ inFlightMax: 1 })
  const first = await ask('/first')
  await isSeen('/first')
  const waited = await ask('/waited')
  await waiting(1)
  const closed = server.close(10_000)
  letGo('/first')
  await isSeen('/waited')
  letGo('/waited')
  expect((await first.answer).status).toBe(200)
  expect((await waited.answer).status).toBe(200)
  await closed
})
