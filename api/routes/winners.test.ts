import { once } from 'node:events'
import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import { Hono } from 'hono'
import { afterEach, expect, test } from 'vitest'
import type { Campaign } from '../../coupon/campaign.ts'
import type { MarkedGrant } from '../../coupon/ledger/grants-by-rank.ts'
import type { WinnerRepository } from '../../coupon/ledger/winners.ts'
import { Failure } from '../../platform/failure.ts'
import { type HttpServer, serveHttp } from '../../platform/http/server.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { until } from '../../test/harness/values/until.ts'
import { createApp } from '../app.ts'
import { createAuthenticator } from '../authenticator.ts'
import { winnersRoute } from './winners.ts'

const adminToken = 'the token of operators'
const id = '01900000-0000-7000-8000-000000000000'
const campaign = {
  ...{ id, name: 'x', state: 'open', stock: 1, opensAtMs: 0, closesAtMs: 1, perUserLimit: 1 },
  coupon: { title: 'x', discount: { kind: 'percent', value: 1 }, usableFromMs: 0, usableUntilMs: 2 },
  ...{ version: 1, epoch: 1 },
} satisfies Campaign

const servers: HttpServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close(0))))

const winnersInChunk = 5_000
const winner = (rank: number): MarkedGrant => ({
  grant: {
    couponId: id,
    campaignId: id,
    userId: `user-${rank}`,
    slot: 1,
    rank,
    epoch: 1,
    grantedAtMs: 1_700_000_000_000,
  },
  marks: { redemption: undefined, revokedAtMs: undefined, changes: 0 },
})

/** A ledger with so many chunks of winners; the chunk after `failsAfter` cannot be read. */
const serve = async (chunks: number, failsAfter = chunks) => {
  const read = { chunks: 0, ended: 0, campaigns: 0 }
  const gate = { opens: Promise.resolve() }
  const winners: WinnerRepository = {
    page: () => Promise.reject(new Failure('defect', 'not asked')),
    async *all() {
      try {
        for (let chunk = 0; chunk < chunks; chunk += 1) {
          if (chunk === failsAfter) throw new Failure('unavailable', 'the database went away')
          read.chunks += 1
          yield Array.from({ length: winnersInChunk }, (_, at) => winner(chunk * winnersInChunk + at + 1))
        }
      } finally {
        read.ended += 1
      }
    },
  }
  const log = createLogger('api', 'silent')
  const authenticator = createAuthenticator({
    shoppers: { secret: 'x'.repeat(32), leewayMs: 0, now: Date.now },
    adminToken,
  })
  const campaigns = {
    async read() {
      read.campaigns += 1
      await gate.opens
      return campaign
    },
  }
  const route = winnersRoute({ campaigns, winners, authenticator, gateNowMs: () => 0, log })
  const server = await serveHttp(createApp([route], new Hono(), log), {
    ...{ host: '127.0.0.1', port: 0, connectionsMax: 100 },
    ...{ keepAliveTimeoutMs: 60_000, requestTimeoutMs: 60_000 },
  })
  servers.push(server)
  /** The head of the answer; the body is not read until somebody does. */
  const send = (method = 'GET'): ClientRequest =>
    get({
      ...{ method, host: '127.0.0.1', port: server.port, agent: false },
      path: `/v1/admin/campaigns/${id}/winners`,
      headers: { authorization: `Bearer ${adminToken}`, accept: 'text/csv' },
    })
  const ask = async (method = 'GET'): Promise<IncomingMessage> => {
    const [response] = (await once(send(method), 'response')) as [IncomingMessage]
    return response
  }
  return { ask, send, read, gate, connections: server.connections }
}

/** When nothing more was read while the event loop turned a thousand times. */
const atRest = (read: { chunks: number }): Promise<unknown> =>
  until('nothing more is read', async () => {
    const before = read.chunks
    for (let turn = 0; turn < 1_000; turn += 1) await new Promise(setImmediate)
    return before > 0 && read.chunks === before
  })

const linesOf = async (response: IncomingMessage): Promise<number> => {
  let lines = 0
  for await (const chunk of response) for (const byte of chunk as Uint8Array) if (byte === 10) lines += 1
  return lines
}

test('a million winners wait in the ledger while their reader does not read, and then all come', async () => {
  const chunks = 200
  const { ask, read } = await serve(chunks)
  const response = await ask()
  await atRest(read)
  // The buffers of the two sockets hold some megabytes; a chunk is half of one.
  expect(read.chunks).toBeLessThan(chunks / 4)
  expect(await linesOf(response)).toBe(chunks * winnersInChunk + 1)
  expect(read).toMatchObject({ chunks, ended: 1 })
})

test('a reader who leaves ends the reading, and makes room for the next', async () => {
  const { ask, read } = await serve(200)
  const readers = [await ask(), await ask()]
  await atRest(read)
  expect((await ask()).statusCode).toBe(503)
  for (const reader of readers) reader.destroy()
  await until('both have ended', () => read.ended === 2)
  const next = await ask()
  expect(next.statusCode).toBe(200)
  next.destroy()
})

test('readers who leave before their export begins make room for the next too', async () => {
  const { ask, send, read, gate, connections } = await serve(1)
  const opening = Promise.withResolvers<void>()
  gate.opens = opening.promise
  const requests = Array.from({ length: 5 }, () => send().on('error', () => {}))
  await until('their campaign is being read', () => read.campaigns === requests.length)
  for (const request of requests) request.destroy()
  await until('they have left', async () => (await connections()) === 0)
  opening.resolve()
  const next = await ask()
  expect(next.statusCode).toBe(200)
  expect(await linesOf(next)).toBe(winnersInChunk + 1)
})

test('a list that cannot be read to its end breaks off, and does not look whole', async () => {
  const { ask } = await serve(200, 3)
  const response = await ask()
  const text: string[] = []
  const reading = async () => {
    for await (const chunk of response) text.push(String(chunk))
  }
  await expect(reading()).rejects.toThrow()
  expect(text.join('')).not.toMatch(/error|database/i)
  expect(response.complete).toBe(false)
})

test('HEAD reads nobody, and takes no room', async () => {
  const { ask, read } = await serve(200)
  for (let time = 0; time < 5; time += 1) {
    const response = await ask('HEAD')
    expect([response.statusCode, response.headers['content-type']]).toEqual([
      ...[200, 'text/csv; charset=utf-8; header=present'],
    ])
    response.resume()
    await once(response, 'close')
  }
  expect(read.chunks).toBe(0)
})
