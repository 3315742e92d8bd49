import { once } from 'node:events'
import { connect } from 'node:net'
import { Hono } from 'hono'
import { afterEach, describe, expect, test } from 'vitest'
import {
  openConnection,
  type RawAnswer,
  type RawConnection,
} from '../../test/harness/processes/raw-connection.ts'
import { until } from '../../test/harness/values/until.ts'
import { type HttpServer, type HttpServerOptions, headBytesMax, headersMax, serveHttp } from './server.ts'

const servers: HttpServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close(0))))

/** Serves every path. `/slow` answers when the test says so; `/body` tells the length of its body. */
const serve = async (options: Partial<HttpServerOptions> = {}) => {
  const slow = Promise.withResolvers<void>()
  const seen: string[] = []
  const app = new Hono()
    .use(async ({ req }, next) => {
      seen.push(`${req.method} ${req.path}`)
      await next()
    })
    .all('/slow', async (context) => {
      await slow.promise
      return context.json({ at: 'last' })
    })
    .post('/body', async (context) => context.json({ length: (await context.req.text()).length }))
    .all('*', (context) => context.json({ path: context.req.path }))
    // A body that broke off.
    .onError((_, context) => context.json({}, 500))
  const server = await serveHttp(app, {
    host: '127.0.0.1',
    port: 0,
    keepAliveTimeoutMs: 60_000,
    requestTimeoutMs: 60_000,
    connectionsMax: 100,
    ...options,
  })
  servers.push(server)
  const url = `http://127.0.0.1:${server.port}`
  return { server, url, seen, answerSlow: slow.resolve, open: () => openConnection(url) }
}

const expectProblem = ({ status, headers, body }: RawAnswer, expected: number, code: string): void => {
  expect([status, headers['content-type']]).toEqual([expected, 'application/problem+json'])
  expect([headers['cache-control'], headers['x-content-type-options']]).toEqual(['no-store', 'nosniff'])
  const document = JSON.parse(body)
  expect(document).toMatchObject({ type: `/problems/${code}`, status: expected, code })
  for (const field of ['title', 'detail']) expect(document[field].length).toBeGreaterThan(3)
}

const get = (path: string, headers = ''): string => `GET ${path} HTTP/1.1\r\nHost: here\r\n${headers}\r\n`
const manyHeaders = 'x: 1\r\n'.repeat(headersMax + 1)

/** After this answer the connection is closed. */
const closing: [string, string, number, string][] = [
  ['no HTTP at all', 'hello\r\n\r\n', 400, 'bad-request'],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\r\n', 400, 'bad-request'],
  ['an unknown method', 'FETCH / HTTP/1.1\r\nHost: here\r\n\r\n', 400, 'bad-request'],
  ['no version', 'GET /\r\nHost: here\r\n\r\n', 400, 'bad-request'],
  ['an unknown version', 'GET / HTTP/3.7\r\nHost: here\r\n\r\n', 400, 'bad-request'],
  ['a target with a space', 'GET /a b HTTP/1.1\r\nHost: here\r\n\r\n', 400, 'bad-request'],
  ['a header without a colon', get('/', 'hello\r\n'), 400, 'bad-request'],
  ['a space before the colon', get('/', 'x : 1\r\n'), 400, 'bad-request'],
  ['a header over two lines', get('/', 'x: 1\r\n 2\r\n'), 400, 'bad-request'],
  ['a NUL in a header', get('/', 'x: \0\r\n'), 400, 'bad-request'],
  ['two lengths', get('/', 'Content-Length: 1\r\nContent-Length: 2\r\n'), 400, 'bad-request'],
  ['a length that is none', get('/', 'Content-Length: -1\r\n'), 400, 'bad-request'],
  ['length and chunks', get('/', 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n'), 400, 'bad-request'],
  ['a long target', get(`/${'x'.repeat(headBytesMax)}`), 431, 'headers-too-large'],
  ['a long header', get('/', `x: ${'x'.repeat(headBytesMax)}\r\n`), 431, 'headers-too-large'],
  ['many headers', get('/', manyHeaders), 431, 'headers-too-large'],
  ['1 MB of headers', get('/', `x: ${'x'.repeat(1_000_000)}\r\n`), 431, 'headers-too-large'],
  ['an unknown expectation', get('/', 'Expect: x\r\n'), 417, 'expectation-failed'],
  ['a tunnel', 'CONNECT here:1 HTTP/1.1\r\nHost: here:1\r\n\r\n', 400, 'bad-request'],
]

/** After this answer the connection goes on. */
const staying: [string, string][] = [
  ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
  ['an empty Host', 'GET / HTTP/1.1\r\nHost: \r\n\r\n'],
  ['a malformed Host', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n'],
  ['a Host with a path', 'GET / HTTP/1.1\r\nHost: here/there\r\n\r\n'],
  ['two Hosts', get('/', 'Host: there\r\n')],
  ['two equal Hosts', get('/', 'host: here\r\n')],
  ['two credentials', get('/', 'Authorization: Bearer a\r\nauthorization: Bearer b\r\n')],
  ['two media types', get('/', 'Content-Type: text/plain\r\nContent-Type: application/json\r\n')],
  ['two keys', get('/', 'Idempotency-Key: "a"\r\nIdempotency-Key: "b"\r\n')],
  ['the server as a whole', 'OPTIONS * HTTP/1.1\r\nHost: here\r\n\r\n'],
  ...[
    '/a/../b',
    '/a/./b',
    '/..',
    '/a/..?c=d',
    '/a/%2e%2e/b',
    '/a/.%2E/b',
    '/a/%2e/b',
    '/%61dmin',
    '/%41',
    '/v%31',
    '/a\\..\\b',
    'http://here/a/../b',
    'ftp://here/a',
  ].map((target): [string, string] => [target, get(target)]),
]

describe('what is no request gets a problem document', () => {
  test.each(closing)('and its connection is closed: %s', async (_, request, status, code) => {
    const { open, seen } = await serve()
    const connection = await open()
    connection.send(request)
    const answer = await connection.answer()
    expectProblem(answer, status, code)
    expect(answer.headers['connection']).toBe('close')
    await connection.closed
    expect(seen).toEqual([])
  })

  test.each(staying)('and its connection goes on: %s', async (_, request) => {
    const { open, seen } = await serve()
    const connection = await open()
    connection.send(request)
    expectProblem(await connection.answer(), 400, 'bad-request')
    expect(seen).toEqual([])
    connection.send(get('/next'))
    expect(await connection.answer()).toMatchObject({ status: 200, body: '{"path":"/next"}' })
    connection.end()
  })

  test('a target as it should be reaches the application, also in its absolute form', async () => {
    const { open, seen } = await serve()
    const connection = await open()
    const targets = ['/a.b/..c', '/...', '/%7B*%7D', '/%2E%2F', '/%ED%95%9C?a=/../b&c=%61', 'http://there/d']
    for (const target of targets) {
      connection.send(get(target))
      expect((await connection.answer()).status).toBe(200)
    }
    expect(seen).toHaveLength(targets.length)
    connection.end()
  })
})

test('HTTP/1.0 needs no Host', async () => {
  const { open } = await serve()
  for (const request of ['GET /livez HTTP/1.0\r\n\r\n', 'GET /livez HTTP/1.0\r\nHost: here\r\n\r\n']) {
    const connection = await open()
    connection.send(request)
    expect(await connection.answer()).toMatchObject({ status: 200, body: '{"path":"/livez"}' })
    await connection.closed
  }
})

test('the expectation 100-continue is met', async () => {
  const connection = await (await serve()).open()
  connection.send('POST /body HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n')
  expect((await connection.answer()).status).toBe(100)
  connection.send('hello')
  expect(await connection.answer()).toMatchObject({ status: 200, body: '{"length":5}' })
  connection.end()
})

test('a wish for another protocol is passed over', async () => {
  const connection = await (await serve()).open()
  connection.send(get('/a', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'))
  expect(await connection.answer()).toMatchObject({ status: 200, body: '{"path":"/a"}' })
  connection.send(get('/b'))
  expect((await connection.answer()).status).toBe(200)
  connection.end()
})

describe('no answer is lost to a fault that follows', () => {
  const slowThen = async (garbage: string): Promise<[RawConnection, () => void]> => {
    const { open, seen, answerSlow } = await serve({ requestTimeoutMs: 200 })
    const connection = await open()
    connection.send(get('/slow') + garbage)
    await until('it is under way', () => seen.length === 1)
    return [connection, answerSlow]
  }

  test.each([
    ['garbage', 'hello\r\n\r\n'],
    ['a tunnel', 'CONNECT here:1 HTTP/1.1\r\nHost: here:1\r\n\r\n'],
  ])('a request under way is answered first: %s', async (_, garbage) => {
    const [connection, answerSlow] = await slowThen(garbage)
    answerSlow()
    expect(await connection.answer()).toMatchObject({ status: 200, body: '{"at":"last"}' })
    expectProblem(await connection.answer(), 400, 'bad-request')
    await connection.closed
  })

  test('a request that is slow to come is refused after the answer that is due', async () => {
    const [connection, answerSlow] = await slowThen('GET /next HT')
    const other = await openConnection(`http://127.0.0.1:${servers[0]?.port}`)
    other.send('G')
    expect((await other.answer()).status).toBe(408)
    answerSlow()
    expect(await connection.answer()).toMatchObject({ status: 200, body: '{"at":"last"}' })
    expectProblem(await connection.answer(), 408, 'timeout')
    await connection.closed
  })

  test('what has been answered is not answered again when its body turns out to be none', async () => {
    const connection = await (await serve()).open()
    connection.send('POST /a HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n')
    expect((await connection.answer()).status).toBe(200)
    connection.send('no chunk\r\n')
    await connection.closed
    await expect(connection.answer()).rejects.toThrow('after 0 bytes')
  })

  test('a body that turns out to be none, or that comes too slowly, is answered while it is read', async () => {
    const { open } = await serve({ requestTimeoutMs: 200 })
    const head = 'POST /body HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n'
    const [broken, slow] = [await open(), await open()]
    broken.send(`${head}no chunk\r\n`)
    expectProblem(await broken.answer(), 400, 'bad-request')
    slow.send(`${head}5\r\nhel`)
    expectProblem(await slow.answer(), 408, 'timeout')
    await Promise.all([broken.closed, slow.closed])
  })
})

test('a slow request is 408; a connection on which nothing was said is closed without a word', async () => {
  const { open, seen } = await serve({ requestTimeoutMs: 200 })
  const [silent, slow] = [await open(), await open()]
  slow.send('GET / HTTP/1.1\r\nHost: he')
  expectProblem(await slow.answer(), 408, 'timeout')
  await Promise.all([slow.closed, silent.closed])
  await expect(silent.answer()).rejects.toThrow('after 0 bytes')
  expect(seen).toEqual([])
})

test('a client that goes in the middle of a head leaves nothing behind', async () => {
  const { server, open } = await serve()
  const [reset, ended] = [await open(), await open()]
  reset.send('GET / HT')
  ended.send('GET / HT')
  await until('both are there', async () => (await server.connections()) === 2)
  reset.reset()
  ended.closeSending()
  expectProblem(await ended.answer(), 400, 'bad-request')
  await until('both are closed', async () => (await server.connections()) === 0)
})

describe('a client that goes on after its refusal', () => {
  /** Its side of the connection stays open when the server has closed the other. */
  const openStubborn = async (url: string) => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), allowHalfOpen: true })
    await once(socket, 'connect')
    let text = ''
    socket.on('data', (chunk) => (text += String(chunk))).on('error', () => undefined)
    return { send: (more: string) => void socket.write(more), text: () => text, end: () => socket.destroy() }
  }
  const answersIn = (text: string): string[] => text.match(/HTTP\/1\.1 \d{3}/g) ?? []

  test.each([
    ['no HTTP', 'hello\r\n\r\n', 'hello\r\n\r\n', 400],
    ['a request that was slow to come', 'GET / HTTP/1.1\r\nHost: he', 're\r\n\r\n', 408],
  ])('is refused once and closed, and nothing of it is a request: %s', async (_, first, rest, status) => {
    const { server, url, seen } = await serve({ requestTimeoutMs: 200 })
    const client = await openStubborn(url)
    client.send(first)
    await until('it is refused', () => answersIn(client.text()).length > 0)
    client.send(rest)
    await until('its connection is closed', async () => (await server.connections()) === 0)
    expect(answersIn(client.text())).toEqual([`HTTP/1.1 ${status}`])
    expect(seen).toEqual([])
    client.end()
  })
})
