import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { openConnection } from '../../test/harness/processes/raw-connection.ts'
import { serveHttp } from './server.ts'

test('answers without a wait leave when all requests of their turn are read', async () => {
  const early: HttpBindings['outgoing'][] = []
  const hadLeft: boolean[] = []
  const app = new Hono<{ Bindings: HttpBindings }>().get('/:name', ({ env, req, text }) => {
    hadLeft.push(early.some(({ writableEnded }) => writableEnded))
    early.push(env.outgoing)
    return text(req.param('name'))
  })
  const limits = { keepAliveTimeoutMs: 60_000, requestTimeoutMs: 60_000, connectionsMax: 10 }
  const server = await serveHttp(app, { host: '127.0.0.1', port: 0, ...limits })
  const connection = await openConnection(`http://127.0.0.1:${server.port}`)
  const names = ['first', 'second', 'third']
  connection.send(names.map((name) => `GET /${name} HTTP/1.1\r\nHost: here\r\n\r\n`).join(''))
  for (const name of names) expect((await connection.answer()).body).toBe(name)
  expect(hadLeft).toEqual([false, false, false])
  await server.close(0)
})
