import { once } from 'node:events'
import { connect } from 'node:net'
import { Hono } from 'hono'
import { afterEach, expect, test } from 'vitest'
import { openConnection, type RawConnection } from '../test/raw-connection.ts'
import { until } from '../test/until.ts'
import { type HttpServer, refuseTakenPort, serveHttp } from './http-server.ts'

const host = '127.0.0.1'
const servers: HttpServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close(0))))

/** Serves `/`, and `/slow`, which answers once it is let. */
const serve = async (options: { port?: number; sharesPort?: boolean } = {}) => {
  const slow = Promise.withResolvers<void>()
  const app = new Hono()
    .get('/', (context) => context.json({ at: 'once' }))
    .get('/slow', async (context) => {
      slowAsked += 1
      await slow.promise
      return context.json({ at: 'last' })
    })
  let slowAsked = 0
  const server = await serveHttp(app, {
    ...{
      host,
      port: 0,
      keepAliveTimeoutMs: 60_000,
      requestTimeoutMs: 60_000,
      connectionsMax: 100,
      ...options,
    },
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

test('a server that closes goes on accepting for a while, and ends every connection with its next answer', async () => {
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

test('then it takes no connection, answers what is under way, and hangs up on who asks nothing', async () => {
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

test('what is left at the deadline is cut without a byte of an answer', async () => {
  const { server, url, underWay } = await serve()
  const [busy, half] = [await openConnection(url), await openConnection(url)]
  const answer = ask(busy, '/slow')
  half.send('POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 10\r\n\r\n12')
  await underWay(1)
  const [refusal] = await Promise.all([answer.catch(String), half.closed, server.close(100)])
  expect(refusal).toContain('the server hung up after 0 bytes of an answer')
})

test('a port that is taken is refused, and two that share one are both served, but nobody else may come', async () => {
  const { server } = await serve()
  const { port } = server
  await expect(serve({ port })).rejects.toThrow('EADDRINUSE')
  await expect(refuseTakenPort({ host, port })).rejects.toThrow('EADDRINUSE')
  await server.close(0)
  await refuseTakenPort({ host, port })

  await serve({ port, sharesPort: true })
  await serve({ port, sharesPort: true })
  await expect(refuseTakenPort({ host, port })).rejects.toThrow('EADDRINUSE')
  await expect(serve({ port })).rejects.toThrow('EADDRINUSE')
})
