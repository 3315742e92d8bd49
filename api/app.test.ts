import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { createLogger } from '../platform/log/logger.ts'
import { createApp } from './app.ts'
import type { Route } from './route.ts'

const route = (method: Route['method'], handle: Route['handle']): Route => ({
  method,
  path: '/v1/things',
  lane: 'read',
  caller: 'anyone',
  operation: { id: 'do', summary: 'Do', answers: {}, problems: [] },
  handle,
})
const app = createApp(
  [route('GET', () => new Response('seen')), route('POST', () => Promise.resolve(new Response('done')))],
  new Hono(),
  createLogger('api', 'error'),
)
const ask = (method: string, path: string): Response | Promise<Response> =>
  app.fetch(new Request(`http://here${path}`, { method }), {})

test('what a route answers without a wait is no promise', () => {
  expect(ask('GET', '/v1/things')).toBeInstanceOf(Response)
})

test('405 names every method of the path, and what no path has is 404', async () => {
  const { status, headers } = await ask('PATCH', '/v1/things')
  expect(status).toBe(405)
  expect(headers.get('allow')).toBe('GET, HEAD, POST, OPTIONS')
  expect((await ask('GET', '/v1/other')).status).toBe(404)
})
