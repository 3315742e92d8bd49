import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { campaignsKey } from '../coupon/gate/keys.ts'
import { connectRedis } from '../platform/redis.ts'
import { freePort } from '../servers/ports.ts'
import { type RedisServer, startRedis } from '../servers/redis.ts'
import { openBooks } from './books.ts'
import { ask, createCampaign, listOf, newUser, outcomeOf, press, tokenOf } from './client.ts'
import { type Running, startPart } from './processes.ts'
import { until } from './until.ts'

/** A Redis of this file alone, and an API process on it; log, ledger and worker are those of all tests. */
let redis: RedisServer
let api: Running
const folder = inject('folder')
const books = openBooks()

const start = async (name: string, port: number): Promise<void> => {
  redis = await startRedis({ folder: join(folder, name), port })
}
const startApi = (): Promise<Running> =>
  startPart('api', { ...inject('environment'), REDIS_URL: redis.url }, { folder, waitFor: 'ready' })

beforeAll(async () => {
  await start('redis-lost', await freePort())
  api = await startApi()
})

afterAll(async () => {
  await api.stop()
  await redis.stop()
  await books.close()
})

const restartOn = async (name: string): Promise<void> => {
  await redis.stop()
  await start(name, redis.port)
}

/** One command, past our processes. */
const redisSays = async (name: string, ...args: string[]): Promise<unknown> => {
  const client = connectRedis({ url: redis.url, commandTimeoutMs: 5_000, onFault: () => {} })
  try {
    await client.connected(5_000)
    return await client.command(name, ...args)
  } finally {
    client.close()
  }
}
const flush = (): Promise<unknown> => redisSays('FLUSHALL')

const recovers = { status: 503, code: 'recovering' }
const issueSays = async (url: string, campaignId: string, userId: string) => {
  const { status, headers, body } = await press(url, campaignId, userId)
  expect([status, Number(headers.get('retry-after')) > 0]).toEqual([503, true])
  return { status, code: body['code'] }
}

test.each([
  ['is restarted with its data', () => restartOn('redis-lost')],
  ['is restarted with nothing', () => restartOn(`redis-${randomUUIDv7()}`)],
  ['is flushed', flush],
])('Redis %s: nobody is granted or refused anything, and what was won is still read', async (_, lose) => {
  const campaignId = await createCampaign(api.url)
  const [winner, stranger] = [newUser(), newUser()]
  const won = await press(api.url, campaignId, winner)
  expect(won.status).toBe(201)
  const rows = await books.drained(campaignId, 1)
  await lose()
  const later = await startApi()
  try {
    for (const { url } of [api, later]) {
      await until('it notices', async () => {
        // Until it is connected again: not known.
        const said = await issueSays(url, campaignId, stranger)
        expect(['unavailable', 'recovering']).toContain(said.code)
        return said.code === 'recovering'
      })
      expect(await issueSays(url, campaignId, winner)).toEqual(recovers)
      expect((await outcomeOf(url, campaignId, stranger)).body).toMatchObject({
        outcome: 'recovering',
        coupons: [],
      })
      expect((await outcomeOf(url, campaignId, winner)).body).toEqual({
        outcome: 'granted',
        coupons: [won.body],
      })
      const own = await ask(`${url}/v1/coupons/${String(won.body['id'])}`, { token: tokenOf(winner) })
      expect([own.status, own.body]).toEqual([200, won.body])
      await until('its list says that it is not complete', async () => {
        const { body } = await listOf(url, winner)
        expect(body['items']).toEqual([won.body])
        return body['complete'] === false
      })
    }

    // A new campaign writes the list of campaigns anew: from then on what is not there is known not to be there.
    const next = await createCampaign(later.url)
    for (const { url } of [api, later]) {
      expect((await press(url, next, winner)).status).toBeLessThan(202)
      expect((await press(url, randomUUIDv7(), stranger)).status).toBe(404)
      expect(await issueSays(url, campaignId, stranger)).toEqual(recovers)
      expect((await listOf(url, winner)).body['complete']).toBe(false)
    }
    expect(await books.rows(campaignId)).toEqual(rows)
  } finally {
    await later.stop()
  }
})

test('a process that starts while a listed campaign has no gate says that its lists are not complete', async () => {
  const campaignId = await createCampaign(api.url)
  const winner = newUser()
  const won = await press(api.url, campaignId, winner)
  await books.drained(campaignId, 1)
  await flush()
  // Writes the list anew, with the campaign whose gate is gone.
  const next = await createCampaign(api.url)
  const later = await startApi()
  try {
    const statusOfNext = async () => (await ask(`${later.url}/v1/campaigns/${next}`)).status
    await until('it knows the new campaign', async () => (await statusOfNext()) === 200)
    await redisSays('HDEL', campaignsKey, next)
    await until('it has read the list once more', async () => (await statusOfNext()) === 404)
    expect((await listOf(later.url, winner)).body).toEqual({
      items: [won.body],
      nextCursor: null,
      complete: false,
    })
  } finally {
    await later.stop()
  }
})
