import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openConnection } from '../harness/processes/raw-connection.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'

let worker: Running
const [api] = inject('apiUrls')
const metrics = inject('metricsUrls')

beforeAll(async () => {
  // A Kafka of nobody: a second worker on the one of the tests would take partitions from the first.
  const environment = { ...inject('environment'), KAFKA_BROKERS: '127.0.0.1:1' }
  worker = await startPart('worker', environment, { folder: inject('folder'), waitFor: 'live' })
})
afterAll(() => worker.stop())

/** Every port that we listen on, and a path of it that answers 200. */
const ports: [string, () => string, string][] = [
  ['the API', () => api, '/livez'],
  ['the metrics of the API', () => metrics.api, '/metrics'],
  ['the health of the worker', () => worker.url, '/livez'],
  ['the metrics of the worker', () => metrics.worker, '/metrics'],
]

describe.each(ports)('%s', (_, url, path) => {
  const answerTo = async (request: string) => {
    const connection = await openConnection(url())
    connection.send(request)
    return { connection, answer: await connection.answer() }
  }

  test('HTTP/1.0 is answered without a Host', async () => {
    const { connection, answer } = await answerTo(`GET ${path} HTTP/1.0\r\n\r\n`)
    expect(answer.status).toBe(200)
    await connection.closed
  })

  test.each([
    ['a line that is no request', 'hello\r\n\r\n', 400, 'bad-request'],
    ['no Host', `GET ${path} HTTP/1.1\r\n\r\n`, 400, 'bad-request'],
    ['two Hosts', `GET ${path} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`, 400, 'bad-request'],
    ['the server as a whole', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'bad-request'],
    ['a tunnel', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n', 400, 'bad-request'],
    ['a path with dot segments', `GET /a/..${path} HTTP/1.1\r\nHost: a\r\n\r\n`, 400, 'bad-request'],
    [
      'an unknown expectation',
      `GET ${path} HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n`,
      ...([417, 'expectation-failed'] as const),
    ],
    [
      'long headers',
      `GET ${path} HTTP/1.1\r\nHost: a\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`,
      ...([431, 'headers-too-large'] as const),
    ],
  ])('what is no request gets a problem document: %s', async (_name, request, status, code) => {
    const { connection, answer } = await answerTo(request)
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'application/problem+json'])
    expect(JSON.parse(answer.body)).toMatchObject({ type: `/problems/${code}`, status, code })
    connection.end()
  })

  test('a client that closes its side is answered, and its connection is closed', async () => {
    const connection = await openConnection(url())
    connection.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
    connection.closeSending()
    expect((await connection.answer()).status).toBe(200)
    await connection.closed
  })
})
