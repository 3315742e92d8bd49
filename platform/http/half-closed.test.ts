import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { afterEach, expect, test } from 'vitest'
import { openConnection } from '../../test/harness/processes/raw-connection.ts'
import { until } from '../../test/harness/values/until.ts'
import { type HttpServer, serveHttp } from './server.ts'

const servers: HttpServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close(0))))

const serve = async () => {
  let asked = 0
  let hasEnded = (): boolean => false
  const slow = Promise.withResolvers<void>()
  const app = new Hono<{ Bindings: HttpBindings }>()
    .get('/slow', async (context) => {
      asked += 1
      hasEnded = () => context.env.incoming.socket.readableEnded
      await slow.promise
      return context.json({ at: 'last' })
    })
    .get('/long', (context) => context.text('x'.repeat(20_000_000)))
    .get('/never', () => {
      asked += 1
      return new Promise<Response>(() => {})
    })
  const server = await serveHttp(app, {
    host: '127.0.0.1',
    port: 0,
    keepAliveTimeoutMs: 60_000,
    requestTimeoutMs: 60_000,
    connectionsMax: 100,
  })
  servers.push(server)
  return {
    server,
    answerSlow: slow.resolve,
    heardOfTheEnd: () => until('the server has heard of the end', () => hasEnded()),
    underWay: (count: number) => until(`${count} are under way`, () => asked === count),
    open: () => openConnection(`http://127.0.0.1:${server.port}`),
  }
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`

test('a client that says it is done is answered all that it asked, then the connection is closed', async () => {
  const { open, answerSlow, underWay, heardOfTheEnd } = await serve()
  const connection = await open()
  connection.send(get('/slow') + get('/slow'))
  connection.closeSending()
  await underWay(2)
  await heardOfTheEnd()
  answerSlow()
  for (const _ of ['first', 'second'])
    expect(await connection.answer()).toMatchObject({ status: 200, body: '{"at":"last"}' })
  await connection.closed
})

test('one that asked for nothing more is closed at once', async () => {
  const { server, open } = await serve()
  const connection = await open()
  connection.closeSending()
  await connection.closed
  await until('it is closed', async () => (await server.connections()) === 0)
})

test('one that never reads, or waits for an answer that does not come, is closed too', async () => {
  const { server, open, underWay } = await serve()
  const [deaf, waiting] = [await open(), await open()]
  deaf.stopReading()
  deaf.send(get('/long'))
  waiting.send(get('/never'))
  await underWay(1)
  deaf.closeSending()
  waiting.closeSending()
  await waiting.closed
  await until('both are closed', async () => (await server.connections()) === 0)
  deaf.end()
})
