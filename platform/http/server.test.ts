import { once } from 'node:events'
import { connect } from 'node:net'
import { Hono } from 'hono'
import { afterEach, expect, test } from 'vitest'
import { openConnection, type RawConnection } from '../../test/harness/processes/raw-connection.ts'
import { until } from '../../test/harness/values/until.ts'
import {
  type HttpServer,
  type HttpServerOptions,
  headBytesMax,
  headersMax,
  requireFreePort,
  serveHttp,
} from './server.ts'

const host = '127.0.0.1'
const servers: HttpServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close(0))))

/** Serves `/`, `/long`, and `/slow`, which answers when the test calls `answerSlow`. */
const serve = async (options: Partial<HttpServerOptions> = {}) => {
  const slow = Promise.withResolvers<void>()
  const app = new Hono()
    .get('/', (context) => context.json({ at: 'once' }))
    .get('/long', (context) => context.text('x'.repeat(1_000_000)))
    .get('/slow', async (context) => {
      slowAsked += 1
      await slow.promise
      return context.json({ at: 'last' })
    })
  let slowAsked = 0
  const server = await serveHttp(app, {
    host,
    port: 0,
    keepAliveTimeoutMs: 60_000,
    requestTimeoutMs: 60_000,
    connectionsMax: 100,
    ...options,
  })
  servers.push(server)
  return {
    server,
    url: `http://${host}:${server.port}`,
    answerSlow: slow.resolve,
    underWay: (count: number) => until(`${count} requests are under way`, () => slowAsked === count),
  }
}

const ask = (connection: RawConnection, path = '/') => {
  connection.send(`GET ${path} HTTP/1.1\r\nhost: here\r\n\r\n`)
  return connection.answer()
}
const isRefused = async (port: number): Promise<boolean> => {
  const socket = connect(port, host)
  try {
    await once(socket, 'connect')
    return false
  } catch {
    return true
  } finally {
    socket.destroy()
  }
}

test('a closing server still accepts for `acceptMs`, and closes each connection after its answer', async () => {
  const { server, url } = await serve()
  const kept = await openConnection(url)
  expect((await ask(kept)).headers['connection']).toBe('keep-alive')
  void server.close(10_000, 10_000)
  expect(await ask(kept)).toMatchObject({ status: 200, headers: { connection: 'close' } })
  await kept.closed
  const late = await openConnection(url)
  expect(await ask(late)).toMatchObject({ status: 200, headers: { connection: 'close' } })
  await late.closed
})

test('then it accepts no connection, answers requests in flight, and closes idle connections', async () => {
  const { server, url, answerSlow, underWay } = await serve()
  const [busy, idle] = [await openConnection(url), await openConnection(url)]
  await ask(idle)
  const answer = ask(busy, '/slow')
  await underWay(1)
  const closed = server.close(10_000)
  await idle.closed
  await until('new connections are refused', () => isRefused(server.port))
  answerSlow()
  expect(await answer).toMatchObject({ status: 200, body: '{"at":"last"}' })
  await closed
  await busy.closed
})

test('at the deadline the remaining connections are closed without a byte of an answer', async () => {
  const { server, url, underWay } = await serve()
  const [busy, half] = [await openConnection(url), await openConnection(url)]
  const answer = ask(busy, '/slow')
  half.send('POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 10\r\n\r\n12')
  await underWay(1)
  const [refusal] = await Promise.all([answer.catch(String), half.closed, server.close(100)])
  expect(refusal).toContain('the server closed after 0 bytes of an answer')
})

test('a port in use is an error, unless both servers share it; then it is in use for others', async () => {
  const { server } = await serve()
  const { port } = server
  await expect(serve({ port })).rejects.toThrow('EADDRINUSE')
  await expect(requireFreePort({ host, port })).rejects.toThrow('EADDRINUSE')
  await server.close(0)
  await requireFreePort({ host, port })

  await serve({ port, reusePort: true })
  await serve({ port, reusePort: true })
  await expect(requireFreePort({ host, port })).rejects.toThrow('EADDRINUSE')
  await expect(serve({ port })).rejects.toThrow('EADDRINUSE')
})

const requestWith = (headers: string): string => `GET / HTTP/1.1\r\nhost: here\r\n${headers}\r\n`
const manyHeaders = (count: number): string =>
  Array.from({ length: count - 1 }, (_, index) => `x-${index}: 1\r\n`).join('')

test.each([
  ['the most headers allowed', manyHeaders(headersMax), 200],
  ['one header too many', manyHeaders(headersMax + 1), 431],
  ['a long header', `cookie: ${'x'.repeat(headBytesMax - 100)}\r\n`, 200],
  ['a header that is too long', `cookie: ${'x'.repeat(headBytesMax)}\r\n`, 431],
])('%s', async (_, headers, status) => {
  const connection = await openConnection((await serve()).url)
  connection.send(requestWith(headers))
  expect((await connection.answer()).status).toBe(status)
  if (status === 431) await connection.closed
  connection.end()
})

test('an incomplete request is 408 after the timeout, also when it arrives byte by byte', async () => {
  const { url } = await serve({ requestTimeoutMs: 200 })
  const [silent, slow, other] = [
    await openConnection(url),
    await openConnection(url),
    await openConnection(url),
  ]
  await ask(other)
  slow.send('GET / HTTP/1.1\r\nx: ')
  const dripping = setInterval(() => slow.send('x'), 20)
  expect((await slow.answer()).status).toBe(408)
  clearInterval(dripping)
  await Promise.all([slow.closed, silent.closed])
  expect((await ask(other)).status).toBe(200)
  other.end()
})

test('the connection of a client that never reads is closed after the inactivity timeout', async () => {
  const { server, url } = await serve({ inactivityTimeoutMs: 200 })
  const never = await openConnection(url)
  never.stopReading()
  for (let count = 0; count < 100; count += 1) never.send('GET /long HTTP/1.1\r\nhost: here\r\n\r\n')
  await until('it is accepted', async () => (await server.connections()) === 1)
  const other = await openConnection(url)
  // It goes on asking: one that is silent for as long is closed as well.
  await until('it is closed, and the other stays', async () => {
    expect((await ask(other)).status).toBe(200)
    return (await server.connections()) === 1
  })
  other.end()
  never.end()
})

test('a connection over the limit is closed, and open connections stay', async () => {
  const { url } = await serve({ connectionsMax: 2 })
  const [first, second] = [await openConnection(url), await openConnection(url)]
  await Promise.all([ask(first), ask(second)])
  const third = await openConnection(url)
  await third.closed
  expect((await ask(second)).status).toBe(200)
  first.end()
  await until('a connection is free again', async () => {
    const next = await openConnection(url)
    try {
      return (await ask(next)).status === 200
    } finally {
      next.end()
    }
  })
  second.end()
})
