import { randomUUIDv7 } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { createProxy, type Proxy } from '../../servers/network/proxy.ts'
import { scrape } from '../harness/metrics/metric-text.ts'
import {
  type ApiAnswer,
  ask,
  campaignDocument,
  createTestCampaign,
  listOf,
  newUser,
  operatorToken,
  outcomeOf,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'
import { type OwnServers, startOwnServers } from '../harness/servers/own-servers.ts'
import { createFirstCampaign } from '../harness/setup/whole-system.ts'
import { couponIn, openStoredFacts, type StoredFacts } from '../harness/values/stored-facts.ts'
import { until } from '../harness/values/until.ts'

/** `direct` reaches the database whatever happens; `api` and `worker` reach it through a proxy each. */
let servers: OwnServers
let toApi: Proxy
let toWorker: Proxy
let direct: Running
let api: Running
let worker: Running
let stored: StoredFacts
const folder = inject('folder')

const through = (proxy: Proxy): Record<string, string> => {
  const url = new URL(servers.environment['DATABASE_URL'] ?? '')
  url.port = String(proxy.port)
  // A database that does not answer is given up after half a second.
  return { ...servers.environment, DATABASE_URL: url.href, QUERY_TIMEOUT_MS: '500' }
}

beforeAll(async () => {
  servers = await startOwnServers('database-away')
  const target = { host: '127.0.0.1', port: Number(new URL(servers.environment['DATABASE_URL'] ?? '').port) }
  ;[toApi, toWorker] = await Promise.all([createProxy(target), createProxy(target)])
  ;[direct, api, worker] = await Promise.all([
    startPart('api', servers.environment, { folder, waitFor: 'ready' }),
    startPart('api', through(toApi), { folder, waitFor: 'ready' }),
    startPart('worker', through(toWorker), { folder, waitFor: 'ready' }),
  ])
  await createFirstCampaign(servers.environment, [direct.url, api.url])
  stored = openStoredFacts(servers.environment)
})

afterEach(async () => {
  for (const proxy of [toApi, toWorker]) {
    proxy.release()
    proxy.restore()
  }
  await isReady(worker, true)
})

afterAll(async () => {
  await stored.close()
  await Promise.all([direct, api, worker].map((part) => part.stop()))
  await Promise.all([toApi.close(), toWorker.close()])
  await servers.stop()
})

const isReady = (part: Running, ready: boolean): Promise<unknown> =>
  until(`${part.name} is ${ready ? '' : 'not '}ready`, async () => {
    const { status } = await ask(`${part.url}/readyz`)
    return status === (ready ? 200 : 503)
  })

const byRank = (answers: readonly ApiAnswer[]) =>
  answers.map(couponIn).sort((left, right) => left.rank - right.rank)

const expectUnavailable = ({ status, headers, body }: ApiAnswer): void => {
  expect([status, body['code']]).toEqual([503, 'unavailable'])
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
}

/** What a process without its database still does, and what it says that it cannot know. */
const expectIssuing = async (process: Running, campaignId: string): Promise<ApiAnswer> => {
  const { url } = process
  const userId = newUser()
  const won = await press(url, campaignId, userId)
  expect(won.status).toBe(201)
  const listed = await listOf(url, userId)
  expect([listed.status, listed.body]).toEqual([
    200,
    { items: [won.body], nextCursor: null, complete: false },
  ])
  expect((await listOf(url, newUser())).body).toEqual({ items: [], nextCursor: null, complete: false })
  expect((await outcomeOf(url, campaignId, userId)).body).toEqual({
    outcome: 'granted',
    coupons: [won.body],
  })
  expect((await outcomeOf(url, campaignId, newUser())).body['outcome']).toBe('none')
  const own = await ask(`${url}/v1/coupons/${String(won.body['id'])}`, { token: tokenOf(userId) })
  expect([own.status, own.body]).toEqual([200, won.body])
  // The ledger may hold it: "no such coupon" is not known.
  expectUnavailable(await ask(`${url}/v1/coupons/${randomUUIDv7()}`, { token: tokenOf(userId) }))
  return won
}

describe('the database is down', () => {
  test('an API process starts, issues, and says that its lists are not complete', async () => {
    const campaignId = await createTestCampaign(direct.url)
    for (const proxy of [toApi, toWorker]) proxy.cut()
    const started = await startPart('api', through(toApi), { folder, waitFor: 'ready' })
    try {
      const won = await expectIssuing(started, campaignId)
      const operator = { token: operatorToken() }
      expectUnavailable(await ask(`${started.url}/v1/admin/campaigns`, operator))
      expectUnavailable(await ask(`${started.url}/v1/admin/campaigns/${campaignId}`, operator))
      expectUnavailable(
        await ask(`${started.url}/v1/admin/campaigns`, {
          ...operator,
          method: 'POST',
          json: campaignDocument(),
        }),
      )
      expect((await ask(`${started.url}/v1/campaigns/${campaignId}`)).body['state']).toBe('open')

      for (const proxy of [toApi, toWorker]) proxy.restore()
      await until('its lists are complete again', async () => {
        const { body } = await listOf(started.url, String(won.body['userId']))
        expect(body['items']).toEqual([won.body])
        return body['complete'] === true
      })
      expect((await ask(`${started.url}/v1/admin/campaigns/${campaignId}`, operator)).status).toBe(200)
    } finally {
      await started.stop()
    }
  })

  test('a database that accepts connections and never answers stops neither issuing nor reading', async () => {
    const campaignId = await createTestCampaign(direct.url)
    await listOf(api.url, newUser())
    // The worker too: of a campaign that it has recorded, a list asks the ledger alone.
    for (const proxy of [toApi, toWorker]) proxy.hold()
    await expectIssuing(api, campaignId)
  })

  test('in a burst everyone is served; the worker waits and then records what each was told', async () => {
    const campaignId = await createTestCampaign(direct.url, { stock: 400 })
    const burst = (shoppers: number): Promise<ApiAnswer>[] =>
      Array.from({ length: shoppers }, (_, index) =>
        press(index % 2 === 0 ? api.url : direct.url, campaignId, newUser()),
      )
    const partitions = (await scrape(worker.metricsUrl)).value('firstcome_ledger_partitions')
    const before = burst(300)
    await Promise.race(before)
    for (const proxy of [toApi, toWorker]) proxy.cut()
    const answers = await Promise.all([...before, ...burst(300)])
    const won = answers.filter(({ status }) => status === 201)
    expect(won.length).toBe(400)
    expect(answers.filter(({ body }) => body['code'] === 'sold-out').length).toBe(200)
    await isReady(worker, false)
    expect((await ask(`${worker.url}/readyz`)).body['checks']).toMatchObject({
      ledger: expect.stringMatching(
        /^(the ledger cannot store rows|the positions of the ledger cannot be read): database: ./,
      ),
    })
    const seen = await scrape(worker.metricsUrl)
    expect(seen.by('firstcome_ready', 'check')['ledger']).toBe(0)
    // It is a member of its group: its partitions are its own.
    expect(partitions).toBeGreaterThan(0)
    expect(seen.value('firstcome_ledger_partitions')).toBe(partitions)
    expect((await stored.rows(campaignId)).length).toBeLessThanOrEqual(300)

    const late = await press(api.url, await createTestCampaign(direct.url), newUser())
    expect(late.status).toBe(201)
    toWorker.restore()
    await isReady(worker, true)
    expect(await stored.drained(campaignId, 400)).toEqual(byRank(won))
    expect(await stored.drained(String(late.body['campaignId']), 1)).toEqual(byRank([late]))
  })

  test('a winner sees the coupon on the very next call while the ledger does not have it yet', async () => {
    toWorker.cut()
    const campaignId = await createTestCampaign(direct.url, { perUserLimit: 3 })
    const userId = newUser()
    const won: ApiAnswer[] = []
    for (const slot of [1, 2, 3]) {
      const told = await press(slot === 2 ? direct.url : api.url, campaignId, userId, slot)
      expect(told.status).toBe(201)
      won.unshift(told)
      for (const { url } of [direct, api])
        expect((await listOf(url, userId)).body).toEqual({
          items: won.map(({ body }) => body),
          nextCursor: null,
          complete: true,
        })
    }
    const page = await listOf(api.url, userId, '?limit=2')
    expect(page.body['items']).toEqual(won.slice(0, 2).map(({ body }) => body))
    const rest = await listOf(direct.url, userId, `?limit=2&cursor=${String(page.body['nextCursor'])}`)
    expect(rest.body).toEqual({ items: [won[2]?.body], nextCursor: null, complete: true })
    expect(await stored.rows(campaignId)).toEqual([])
    toWorker.restore()
    expect(await stored.drained(campaignId, 3)).toEqual(byRank(won))
  })
})
