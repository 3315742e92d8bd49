import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { openConnection } from '../../test/harness/processes/raw-connection.ts'
import { until } from '../../test/harness/values/until.ts'
import { createBound } from '../group-commit.ts'
import { createArrivalStamps, formatArrivalStamp, parseArrivalStamp } from './arrival-stamp.ts'
import { limitRequests } from './request-limiter.ts'

test('a stamp says when its request arrived, not when it had its turn, and numbers tell equal times apart', async () => {
  // Each of them arrives in the same tick of a coarse clock.
  const stamps = createArrivalStamps({ processId: 7, monotonicNs: () => 5n })
  const queueBound = createBound(10)
  const served: { path: string; end(): void }[] = []
  const server = createServer()
  limitRequests(
    server,
    async (request, response) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      served.push({ path: request.url ?? '', end: resolve })
      await promise
      const stamp = stamps.of(request)
      response.end(stamp === undefined ? 'none' : formatArrivalStamp(stamp))
    },
    {
      laneOf: ({ url }) => (url === '/fast' ? 'fast' : 'slow'),
      lanes: { fast: { inFlightMax: 1, queueBound }, slow: { inFlightMax: 1, queueBound } },
      clients: { connectionsMax: 10, requestsMax: 10, proxies: 0 },
      onArrival: stamps.note,
      onDisconnected: () => {},
      onRefused: () => {},
    },
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const [first, waiting, passing] = [
    await openConnection(url),
    await openConnection(url),
    await openConnection(url),
  ]
  const say = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`
  first.send(say('/slow'))
  await until('the first has its turn', () => served.length === 1)
  waiting.send(say('/slow'))
  await until('the second waits', () => queueBound.held === 1)
  passing.send(say('/fast'))
  await until('the third has its turn', () => served.length === 2)
  expect(served.map(({ path }) => path)).toEqual(['/slow', '/fast'])
  for (const { end } of served) end()
  await until('the second has its turn', () => served.length === 3)
  served[2]?.end()
  const answers = [await first.answer(), await waiting.answer(), await passing.answer()]
  expect(answers.map(({ body }) => body)).toEqual(['7 1 5', '7 2 5', '7 3 5'])
  server.close()
  server.closeAllConnections()
})

test('a stamp is read as it was written, to the nanosecond; anything else is none', () => {
  const stamp = { processId: 4_711, number: 17, monotonicNs: 9_007_199_254_740_993n }
  expect(parseArrivalStamp(formatArrivalStamp(stamp))).toEqual(stamp)
  for (const text of ['', '1 2', '1 2 x', '1 2 3 4', '-1 2 3'])
    expect(parseArrivalStamp(text)).toBeUndefined()
})
