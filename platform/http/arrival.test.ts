import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { openConnection } from '../../test/harness/processes/raw-connection.ts'
import { until } from '../../test/harness/values/until.ts'
import { createBound } from '../group-commit.ts'
import { msSinceArrival } from './arrival.ts'
import { limitRequests } from './request-limiter.ts'

test('a request knows how long ago it arrived, also when it waited for its turn', async () => {
  const started: { request: IncomingMessage; end(): void }[] = []
  const queueBound = createBound(10)
  const server = createServer()
  limitRequests(
    server,
    async (request, response) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      started.push({ request, end: resolve })
      await promise
      response.end(String(msSinceArrival(request)))
    },
    {
      laneOf: () => 'only',
      lanes: { only: { inFlightMax: 1, queueBound } },
      clients: { connectionsMax: 10, requestsMax: 10, proxies: 0 },
      onDisconnected: () => {},
      onRefused: () => {},
    },
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const [first, second] = [
    await openConnection(`http://127.0.0.1:${port}`),
    await openConnection(`http://127.0.0.1:${port}`),
  ]
  first.send('GET / HTTP/1.1\r\nHost: here\r\n\r\n')
  await until('the first has its turn', () => started.length === 1)
  second.send('GET / HTTP/1.1\r\nHost: here\r\n\r\n')
  await until('the second waits', () => queueBound.held === 1)
  const waitingSince = performance.now()
  await until('a moment has passed', () => performance.now() - waitingSince > 20)
  started[0]?.end()
  await until('the second has its turn', () => started.length === 2)
  const waitedMs = performance.now() - waitingSince
  started[1]?.end()
  expect(Number((await second.answer()).body)).toBeGreaterThanOrEqual(waitedMs)
  server.close()
  server.closeAllConnections()
})
