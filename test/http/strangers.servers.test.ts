import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { inParallel } from '../../load/people/in-parallel.ts'
import {
  ask,
  createTestCampaign,
  listOf,
  newUser,
  outcomeOf,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'
import { startPart } from '../harness/processes/start-part.ts'
import { openStoredFacts } from '../harness/values/stored-facts.ts'
import { until } from '../harness/values/until.ts'

const [first, second] = inject('apiUrls')
const stored = openStoredFacts()
afterAll(stored.close)

/** A database that closes every connection, and counts them. */
const startCountingDatabase = async () => {
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `mysql://nobody:nothing@127.0.0.1:${port}/nowhere`,
    connections: () => connections,
    close: () => server.close(),
  }
}

describe('unknown campaigns cost nothing', () => {
  test.each([
    ['a valid id that nobody made', randomUUIDv7()],
    ['a UUID of another kind', randomUUID()],
    ['capital letters', randomUUIDv7().toUpperCase()],
    ['no UUID', 'spring-sale'],
    ['braces and a glob', '%7B*%7D'],
    ['a NUL', '%00'],
    ['a broken escape', '%zz'],
    ['two dots', '%2e%2e%2fadmin'],
    ['1,000 characters', 'x'.repeat(1_000)],
  ])('an unknown campaign is 404 on every route that names one: %s', async (_, id) => {
    await createTestCampaign(first)
    for (const url of [first, second]) {
      const answers = await Promise.all([
        press(url, id, newUser()),
        outcomeOf(url, id, newUser()),
        ask(`${url}/v1/campaigns/${id}`),
      ])
      expect(answers.map(({ status, body }) => [status, body['code']])).toEqual([
        [404, 'unknown-campaign'],
        [404, 'unknown-campaign'],
        [404, 'unknown-campaign'],
      ])
    }
  })

  test('10,000 random campaign ids are 404, make no Redis key and no MySQL connection', async () => {
    await createTestCampaign(first)
    const database = await startCountingDatabase()
    const api = await startPart(
      'api',
      { ...inject('environment'), DATABASE_URL: database.url },
      { folder: inject('folder'), waitFor: 'ready' },
    )
    try {
      // At its start the process looks whether the database is as it has to be.
      const connectionsAtStart = await until(
        'it looked',
        () => database.connections() > 0 && database.connections(),
      )
      const ids = Array.from({ length: 10_000 }, (_, index) =>
        index % 2 === 0 ? randomUUIDv7() : randomUUID(),
      )
      const userId = newUser()
      const token = tokenOf(userId)
      const requests = ids.flatMap((id, index) => [
        { url: `/v1/campaigns/${id}/coupons`, method: 'POST' },
        ...(index % 10 === 0 ? [{ url: `/v1/campaigns/${id}/coupons/mine`, method: 'GET' }] : []),
        ...(index % 10 === 1 ? [{ url: `/v1/campaigns/${id}`, method: 'GET' }] : []),
      ])
      const heard = new Set<string>()
      await inParallel(requests, 100, async ({ url, method }) => {
        const { status, body } = await ask(`${api.url}${url}`, { method, token })
        heard.add(`${status} ${String(body['code'])}`)
      })
      expect([...heard]).toEqual(['404 unknown-campaign'])
      // Every ten seconds the process looks whose the database is: one connection each time.
      expect(database.connections()).toBeLessThan(connectionsAtStart + ids.length / 100)
      const unknown = new Set<string>(ids)
      const named = (await stored.keys()).flatMap(
        (key) => /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(key) ?? [],
      )
      expect(named.length).toBeGreaterThan(0)
      expect(named.filter((id) => unknown.has(id))).toEqual([])
      expect((await stored.keys()).filter((key) => key.includes(userId))).toEqual([])
      // What does need the ledger reaches for it: the counter counts.
      const before = database.connections()
      await listOf(api.url, userId)
      expect(database.connections()).toBeGreaterThan(before)
    } finally {
      await api.stop()
      database.close()
    }
  })
})

describe('nobody sees another’s coupons', () => {
  test('another’s coupon is 404, exactly like one that does not exist', async () => {
    const campaignId = await createTestCampaign(first)
    const owner = newUser()
    const won = await press(first, campaignId, owner)
    const path = `/v1/coupons/${String(won.body['id'])}`
    await stored.drained(campaignId, 1)
    for (const url of [first, second]) {
      const own = await ask(`${url}${path}`, { token: tokenOf(owner) })
      expect([own.status, own.body]).toEqual([200, won.body])
      const another = await ask(`${url}${path}`, { token: tokenOf(newUser()) })
      const nobodys = await ask(`${url}/v1/coupons/${randomUUIDv7()}`, { token: tokenOf(newUser()) })
      expect([another.status, another.body['code']]).toEqual([404, 'unknown-coupon'])
      expect([nobodys.status, nobodys.body]).toEqual([404, another.body])
    }
  })

  test.each(['x', '%00', 'x'.repeat(1_000), randomUUIDv7().toUpperCase(), `${randomUUIDv7()}0`])(
    'a malformed coupon id is 404: %s',
    async (id) => {
      const { status, body } = await ask(`${first}/v1/coupons/${id}`, { token: tokenOf(newUser()) })
      expect([status, body['code']]).toEqual([404, 'unknown-coupon'])
    },
  )

  test('lists and outcomes never show another’s coupons, however similar the user ids', async () => {
    const campaignId = await createTestCampaign(first, { perUserLimit: 2 })
    const owner = newUser()
    const alike = [owner.toUpperCase(), `${owner}.`, `1:${owner}`, `${owner}|`, owner.slice(0, -1), newUser()]
    const won = [await press(first, campaignId, owner, 1), await press(first, campaignId, owner, 2)]
    await stored.drained(campaignId, 2)
    for (const url of [first, second]) {
      for (const userId of alike) {
        expect((await listOf(url, userId)).body).toEqual({ items: [], nextCursor: null, complete: true })
        expect((await outcomeOf(url, campaignId, userId)).body).toEqual({ outcome: 'none', coupons: [] })
      }
      const newestFirst = won.map(({ body }) => body).reverse()
      expect((await listOf(url, owner)).body['items']).toEqual(newestFirst)
    }
  })
})
