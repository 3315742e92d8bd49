import { randomUUIDv7 } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { campaignsKey } from '../coupon/gate/keys.ts'
import { type Books, openBooks } from './books.ts'
import { ask, createCampaign, listOf, newUser, outcomeOf, press, tokenOf } from './client.ts'
import { type OwnServers, startOwnServers } from './own-servers.ts'
import { type Running, startPart } from './processes.ts'
import { type OwnRedis, startOwnRedis } from './redises.ts'
import { until } from './until.ts'

/** Servers of this file alone and a Redis that may be lost: a keeper that knows its campaigns runs when a test wants it to. */
let servers: OwnServers
let own: OwnRedis
let api: Running
let books: Books

const start = (part: 'api' | 'worker'): Promise<Running> =>
  startPart(
    part,
    { ...servers.environment, REDIS_URL: own.url },
    { folder: inject('folder'), waitFor: 'ready' },
  )

beforeAll(async () => {
  ;[servers, own] = await Promise.all([startOwnServers('redis-lost'), startOwnRedis('aof')])
  books = openBooks(servers.environment)
  api = await start('api')
})

afterAll(async () => {
  await api.stop()
  await books.close()
  await Promise.all([own.close(), servers.stop()])
})

const workers: Running[] = []
afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.stop())))

/** A campaign with one coupon won and recorded, and then no worker any more. */
const openSale = async () => {
  const worker = await start('worker')
  workers.push(worker)
  const [campaignId, winner] = [await createCampaign(api.url), newUser()]
  const won = await press(api.url, campaignId, winner)
  expect(won.status).toBe(201)
  const rows = await books.drained(campaignId, 1)
  await worker.stop()
  return { campaignId, winner, won, rows }
}

const flush = (): Promise<unknown> => own.control.command('FLUSHALL')

const recovers = { status: 503, code: 'recovering' }
const issueSays = async (url: string, campaignId: string, userId: string) => {
  const { status, headers, body } = await press(url, campaignId, userId)
  expect([status, Number(headers.get('retry-after')) > 0]).toEqual([503, true])
  return { status, code: body['code'] }
}

test.each([
  ['crashes and comes back with its data', () => own.restart('kill')],
  ['is flushed', flush],
])(
  'Redis %s: without a worker nobody is granted or refused anything, what was won is still read, and a worker brings it back',
  async (_, lose) => {
    const { campaignId, winner, won, rows } = await openSale()
    const stranger = newUser()
    await lose()
    const later = await start('api')
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
        const coupon = await ask(`${url}/v1/coupons/${String(won.body['id'])}`, { token: tokenOf(winner) })
        expect([coupon.status, coupon.body]).toEqual([200, won.body])
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

      workers.push(await start('worker'))
      await until('it is back', async () => (await press(api.url, campaignId, winner)).status === 200)
      expect((await press(later.url, campaignId, winner)).body).toEqual(won.body)
      // Units that came back are held for a moment.
      await until('others win', async () => (await press(api.url, campaignId, stranger)).status < 202)
      expect((await books.drained(campaignId, 2))[0]).toEqual(rows[0])
    } finally {
      await later.stop()
    }
  },
)

test('a process that starts while a listed campaign has no gate says that its lists are not complete', async () => {
  const { winner, won } = await openSale()
  await flush()
  // Writes the list anew, with the campaign whose gate is gone.
  const next = await createCampaign(api.url)
  const later = await start('api')
  try {
    const statusOfNext = async () => (await ask(`${later.url}/v1/campaigns/${next}`)).status
    await until('it knows the new campaign', async () => (await statusOfNext()) === 200)
    await own.control.command('HDEL', campaignsKey, next)
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
