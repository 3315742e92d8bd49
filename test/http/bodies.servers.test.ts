import { describe, expect, inject, test } from 'vitest'
import {
  ask,
  campaignDocument,
  createTestCampaign,
  newUser,
  operatorToken,
  tokenOf,
} from '../harness/processes/http-client.ts'
import { openConnection } from '../harness/processes/raw-connection.ts'

const [first] = inject('apiUrls')

const probe = 'GET /livez HTTP/1.1\r\nHost: test\r\n\r\n'
const chunked = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`
const lastChunk = '0\r\n\r\n'
const longest = 8_192

/** A request of an operator who creates a campaign, up to its body. */
const create = (headers: string): string =>
  `POST /v1/admin/campaigns HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${operatorToken()}\r\n${headers}\r\n\r\n`
const createJson = (headers: string): string => create(`Content-Type: application/json\r\n${headers}`)

/** A request of a new shopper to an open campaign, up to its body. */
const issue = async (headers: string): Promise<string> => {
  const campaignId = await createTestCampaign(first)
  const head = `POST /v1/campaigns/${campaignId}/coupons HTTP/1.1\r\nHost: test\r\n`
  return `${head}Authorization: Bearer ${tokenOf(newUser())}\r\n${headers}\r\n\r\n`
}

/** Sends `parts` one after the other and returns the answer; then the connection still works. */
const expectUsable = async (parts: readonly string[], status: number): Promise<void> => {
  const connection = await openConnection(first)
  for (const part of parts) connection.send(part)
  expect((await connection.answer()).status).toBe(status)
  connection.send(probe)
  expect((await connection.answer()).body).toBe('{"status":"live"}')
  connection.end()
}

/**
 * The same for a body that never comes to its end: the answer does not wait for it, and the server closes the
 * connection.
 */
const expectClosed = async (parts: readonly string[], status: number): Promise<void> => {
  const connection = await openConnection(first)
  for (const part of parts) connection.send(part)
  expect((await connection.answer()).status).toBe(status)
  await connection.closed
  expect((await ask(`${first}/readyz`)).status).toBe(200)
}

const json = JSON.stringify(campaignDocument())
const padded = (bytes: number): string => json + ' '.repeat(bytes - Buffer.byteLength(json))

describe('bodies have limits where they are read', () => {
  test.concurrent.each<[string, string, readonly string[], number]>([
    ['of the longest size', createJson(`Content-Length: ${longest}`), [padded(longest)], 201],
    ['of one byte more', createJson(`Content-Length: ${longest + 1}`), [padded(longest + 1)], 413],
    ['of 1 MB', createJson('Content-Length: 1000000'), ['x'.repeat(1_000_000)], 413],
    [
      'of the longest size in chunks',
      createJson('Transfer-Encoding: chunked'),
      [chunked(padded(longest)), lastChunk],
      201,
    ],
    [
      'of one byte more in chunks',
      createJson('Transfer-Encoding: chunked'),
      [chunked(padded(longest + 1)), lastChunk],
      413,
    ],
    [
      'of many chunks',
      createJson('Transfer-Encoding: chunked'),
      [chunked('x'.repeat(1_000)).repeat(1_000), lastChunk],
      413,
    ],
    ['of another media type', create('Content-Type: text/plain\r\nContent-Length: 5'), ['hello'], 415],
    ['without a media type', create('Content-Length: 5'), ['hello'], 415],
    ['that is no JSON', createJson('Content-Length: 5'), ['hello'], 400],
    ['that is empty', createJson('Content-Length: 0'), [], 400],
    [
      'for a path that is not there',
      'POST /v1/nothing HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\n',
      ['hello'],
      404,
    ],
    [
      'for a method that is not taken',
      'PUT /v1/coupons HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\n',
      ['hello'],
      405,
    ],
    [
      'without a credential',
      'POST /v1/admin/campaigns HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\n',
      ['hello'],
      401,
    ],
  ])('after a body %s the connection goes on', (_, head, body, status) =>
    expectUsable([head, ...body], status),
  )

  test.concurrent.each<[string, string, readonly string[], number]>([
    ['10 GB announced', createJson('Content-Length: 10000000000'), [], 413],
    ['10 GB announced, some sent', createJson('Content-Length: 10000000000'), ['x'.repeat(100_000)], 413],
    ['chunks that never end', createJson('Transfer-Encoding: chunked'), [chunked('x'.repeat(100_000))], 413],
    ['another media type', create('Content-Type: text/plain\r\nContent-Length: 60000'), ['x'], 415],
  ])('a body that never ends is answered, and its connection closed: %s', (_, head, body, status) =>
    expectClosed([head, ...body], status),
  )

  test.concurrent.each<[string, string, readonly string[]]>([
    ['a small one', 'Content-Length: 5', ['hello']],
    ['one that looks like JSON', 'Content-Type: application/json\r\nContent-Length: 10', ['{"slot":9}']],
    ['one in chunks', 'Transfer-Encoding: chunked', [chunked('hello'), lastChunk]],
    ['70 KB', 'Content-Length: 70000', ['x'.repeat(70_000)]],
    ['70 KB in chunks', 'Transfer-Encoding: chunked', [chunked('x'.repeat(70_000)), lastChunk]],
    ['1 MB', 'Content-Length: 1000000', ['x'.repeat(1_000_000)]],
    ['a request inside a body', `Content-Length: ${probe.length}`, [probe]],
  ])(
    'issue reads no body: %s is ignored, the coupon is won, the connection stays open',
    async (_, headers, body) => {
      await expectUsable([await issue(headers), ...body], 201)
    },
  )

  test.concurrent('issue answers before a body has arrived, and the connection stays usable', async () => {
    const connection = await openConnection(first)
    connection.send(await issue('Content-Length: 5'))
    expect((await connection.answer()).status).toBe(201)
    connection.send('hello')
    connection.send(probe)
    expect((await connection.answer()).body).toBe('{"status":"live"}')
    connection.end()
  })

  test.concurrent('10 GB announced on issue are not waited for, and the connection closes', async () => {
    await expectClosed([await issue('Content-Length: 10000000000')], 201)
    await expectClosed([await issue('Transfer-Encoding: chunked'), chunked('x'.repeat(100_000))], 201)
  })

  test.concurrent('a client that sends 1 MB in chunks before it reads gets its 413, ten times of ten', async () => {
    for (let times = 0; times < 10; times += 1) {
      const body = ReadableStream.from(Array.from({ length: 100 }, () => new Uint8Array(10_000)))
      const answer = await fetch(`${first}/v1/admin/campaigns`, {
        method: 'POST',
        headers: { authorization: `Bearer ${operatorToken()}`, 'content-type': 'application/json' },
        body,
        duplex: 'half',
      })
      expect([answer.status, await answer.json()]).toEqual([
        413,
        expect.objectContaining({ code: 'too-large' }),
      ])
    }
  })

  test.concurrent('pipelined requests on one connection are answered in order', async () => {
    const connection = await openConnection(first)
    const missing = 'GET /v1/nothing HTTP/1.1\r\nHost: test\r\n\r\n'
    connection.send(probe + missing + (await issue('Content-Length: 5')) + 'hello' + probe)
    const statuses = []
    for (let count = 0; count < 4; count += 1) statuses.push((await connection.answer()).status)
    expect(statuses).toEqual([200, 404, 201, 200])
    connection.end()
  })
})
