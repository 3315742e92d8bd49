import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { afterEach, expect, test } from 'vitest'
import { openConnection } from '../../test/harness/processes/raw-connection.ts'
import { until } from '../../test/harness/values/until.ts'
import { createBound } from '../group-commit.ts'
import { type HttpServer, serveHttp } from './server.ts'

const servers: HttpServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close(0))))

/** A server of `inFlightMax` requests. Each request stays in flight until the test lets its path go. */
const serve = async (inFlightMax: number, places = 100) => {
  const bound = createBound(places)
  const seen: string[] = []
  const held = new Map<string, () => void>()
  let disconnected = 0
  const app = new Hono<{ Bindings: HttpBindings }>().all('*', async ({ req, json }) => {
    seen.push(req.path)
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
      inFlightMax,
      queueBound: bound,
      queuedReadsMax: 2,
      exemptPaths: ['/livez'],
      onDisconnected: () => (disconnected += 1),
    },
  })
  servers.push(server)
  const ask = async (path: string, method = 'POST') => {
    const connection = await openConnection(`http://127.0.0.1:${server.port}`)
    connection.send(`${method} ${path} HTTP/1.1\r\nhost: here\r\n\r\n`)
    const answer = connection.answer()
    // Nobody awaits the answer of a client that disconnects.
    answer.catch(() => undefined)
    return { answer, disconnect: connection.end }
  }
  return {
    bound,
    seen,
    ask,
    server,
    disconnected: () => disconnected,
    letGo: (path: string) => held.get(path)?.(),
    isSeen: (path: string) => until(`${path} is seen`, () => seen.includes(path)),
    waiting: (count: number) => until(`${count} wait`, () => bound.held === count),
  }
}

test('requests over the limit wait in order, and free their places in the queue', async () => {
  const { ask, seen, isSeen, waiting, letGo } = await serve(2)
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

test('a waiting request of a disconnected client is skipped; one in flight frees its place', async () => {
  const { ask, seen, server, waiting, letGo, isSeen, disconnected } = await serve(1)
  const first = await ask('/first')
  await isSeen('/first')
  const leaving = await ask('/leaving')
  await waiting(1)
  const staying = await ask('/staying')
  await waiting(2)
  const last = await ask('/last')
  await waiting(3)
  leaving.disconnect()
  await until('the server has noticed', async () => (await server.connections()) === 3)
  letGo('/first')
  await first.answer
  await isSeen('/staying')
  staying.disconnect()
  await isSeen('/last')
  letGo('/last')
  expect((await last.answer).status).toBe(200)
  expect(seen).toEqual(['/first', '/staying', '/last'])
  expect(disconnected()).toBe(1)
})

test('when the queue is full the application gets the request at once, to reject it', async () => {
  const { ask, seen, isSeen, waiting, letGo } = await serve(1, 2)
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

test('reads wait only behind reads and hold no place of the queue; health checks never wait', async () => {
  const { ask, seen, isSeen, waiting, letGo, bound } = await serve(1)
  const press = await ask('/press')
  await isSeen('/press')
  const read = await ask('/read', 'GET')
  await isSeen('/read')
  const head = await ask('/head', 'HEAD')
  const pressAgain = await ask('/press-again')
  await waiting(1)
  const health = await ask('/livez', 'GET')
  await isSeen('/livez')
  letGo('/livez')
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

test('the connection of a client that pipelines too many reads is closed', async () => {
  const { ask, server, isSeen, letGo, seen } = await serve(1)
  const press = await ask('/press')
  await isSeen('/press')
  const many = await openConnection(`http://127.0.0.1:${server.port}`)
  for (const path of ['/1', '/2', '/3']) many.send(`GET ${path} HTTP/1.1\r\nhost: here\r\n\r\n`)
  await isSeen('/1')
  many.send('GET /4 HTTP/1.1\r\nhost: here\r\n\r\n')
  await many.closed
  const other = await ask('/other', 'GET')
  await isSeen('/other')
  for (const path of ['/press', '/other']) letGo(path)
  expect([(await press.answer).status, (await other.answer).status]).toEqual([200, 200])
  expect(seen).toEqual(['/press', '/1', '/other'])
})

test('a request that waits when the server closes is answered, then its connection closes', async () => {
  const { ask, server, isSeen, waiting, letGo } = await serve(1)
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
