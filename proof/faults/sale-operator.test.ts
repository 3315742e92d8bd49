import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { until } from '../../test/harness/values/until.ts'
import { createSaleOperator, type SaleOperator } from './sale-operator.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

type Reply = { status: number; version?: number; recorded?: boolean; applied?: boolean }
type Asked = { action: string; ifMatch: string; stock: unknown }

/**
 * An API that answers changes in turn, the last answer for ever, and the operator who asks it. Its page says
 * so many times that the campaign is open.
 */
const open = async (
  replies: Reply[],
  pagesOpenFor = 0,
): Promise<{ operator: SaleOperator; asked: Asked[] }> => {
  const asked: Asked[] = []
  let pages = 0
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'GET') {
      pages += 1
      response.end(JSON.stringify({ state: pages > pagesOpenFor ? 'paused' : 'open' }))
      return
    }
    const { stock } = JSON.parse(await text(request)) as { stock?: unknown }
    asked.push({
      action: request.url?.split('/').at(-1) ?? '',
      ifMatch: request.headers['if-match'] ?? '',
      stock,
    })
    const {
      status,
      version,
      recorded = true,
      applied = true,
    } = replies[asked.length - 1] ?? replies.at(-1) ?? { status: 503 }
    if (version !== undefined) response.setHeader('etag', `"${version}"`)
    response.writeHead(status).end(JSON.stringify({ recorded, applied }))
  }
  const server = createServer((request, response) => void answer(request, response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const operator = createSaleOperator({
    ...{ urls: [`http://127.0.0.1:${port}`], campaignId: 'c', adminToken: 't', stock: 10 },
    now: () => performance.now(),
    gateNowMs: async () => 7,
  })
  closing.push(operator.disconnect, async () => {
    server.closeAllConnections()
    server.close()
  })
  return { operator, asked }
}

test('a pause is tried until the gate has it, each time with the version that was answered last', async () => {
  const { operator, asked } = await open([
    { status: 503 },
    { status: 412, version: 4 },
    { status: 202, version: 5, applied: false },
    { status: 202, version: 5, recorded: false },
  ])
  expect(await operator.pause(5_000)).toBe(true)
  expect(asked.map(({ ifMatch }) => ifMatch)).toEqual(['"1"', '"1"', '"4"', '"5"'])
  expect(operator.stops()).toMatchObject([
    { kind: 'pause', isRecorded: false, gateMs: { from: 7 }, answeredMs: expect.any(Number) },
  ])
})

test('the campaign may be paused from the first try on, until the gate has the resumption', async () => {
  const { operator } = await open([{ status: 200, version: 2 }])
  const beforeMs = performance.now()
  expect(operator.mayBePaused(0, Infinity)).toBe(false)
  await operator.pause(5_000)
  expect(operator.mayBePaused(performance.now(), Infinity)).toBe(true)
  await operator.resume(5_000)
  expect(operator.mayBePaused(beforeMs, beforeMs)).toBe(false)
  expect(operator.mayBePaused(beforeMs, performance.now())).toBe(true)
  expect(operator.mayBePaused(performance.now() + 1, Infinity)).toBe(false)
})

test('a resumption after a pause without an answer makes another version first', async () => {
  const { operator, asked } = await open([{ status: 503 }, { status: 200, version: 2 }])
  expect(await operator.pause(0)).toBe(false)
  await operator.resume(5_000)
  expect(asked.map(({ action }) => action)).toEqual(['pause', 'stock', 'resume'])
})

test('a resumption that no process makes in time rejects, and a closed campaign needs none', async () => {
  const { operator } = await open([{ status: 200 }, { status: 503 }])
  await operator.pause(5_000)
  await expect(operator.resume(0)).rejects.toThrow('no API process resumed the campaign')
  await operator.close(0)
  await operator.resume(0)
  expect(operator.mayBeClosed()).toBe(true)
})

test('pages are asked until they say that the sale is paused', async () => {
  const { operator } = await open([{ status: 200 }], 3)
  await operator.pause(5_000)
  await until('the page says so', () => operator.stops()[0]?.pagesMs !== undefined)
})

test('a closed campaign is not paused', async () => {
  const { operator } = await open([{ status: 409 }])
  expect(await operator.pause(5_000)).toBe(false)
})

test('a raised stock counts once the ledger is known to have it', async () => {
  const { operator, asked } = await open([{ status: 503 }, { status: 202, applied: false }])
  expect(await operator.raiseStock(5, 0)).toBe(false)
  expect([operator.stock(), operator.askedStock()]).toEqual([10, 15])
  expect(await operator.raiseStock(2, 0)).toBe(true)
  expect([operator.stock(), operator.askedStock()]).toEqual([17, 17])
  expect(asked.map(({ stock }) => stock)).toEqual([15, 17])
})
