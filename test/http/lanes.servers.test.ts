import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createProxy, type Proxy } from '../../servers/network/proxy.ts'
import { scrape } from '../harness/metrics/metric-text.ts'
import { ask, createTestCampaign, listOf, newUser, press, tokenOf } from '../harness/processes/http-client.ts'
import { openConnection } from '../harness/processes/raw-connection.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'
import { until } from '../harness/values/until.ts'

const requestsMax = 5
const connectionsMax = 3
let toDatabase: Proxy
let api: Running
let bounded: Running

beforeAll(async () => {
  const url = new URL(inject('environment')['DATABASE_URL'] ?? '')
  toDatabase = await createProxy({ host: url.hostname, port: Number(url.port) })
  url.hostname = '127.0.0.1'
  url.port = String(toDatabase.port)
  const environment = inject('environment')
  const patient = { DATABASE_URL: url.href, QUERY_TIMEOUT_MS: '60000', REQUESTS_IN_FLIGHT_MAX: '4' }
  const limits = { CLIENT_REQUESTS_MAX: String(requestsMax), TRUSTED_PROXIES: '1' }
  const part = { folder: inject('folder'), waitFor: 'ready' } as const
  ;[api, bounded] = await Promise.all([
    startPart('api', { ...environment, ...patient }, part),
    startPart('api', { ...environment, ...patient, ...limits }, part),
  ])
})
afterAll(async () => {
  toDatabase.release()
  await Promise.all([api.stop(), bounded.stop()])
  await toDatabase.close()
})

test('lists on a database that stands still hold up neither the public page nor a press', async () => {
  const campaignId = await createTestCampaign(api.url, { stock: 100 })
  toDatabase.hold()
  const lists = Array.from({ length: 40 }, () => listOf(api.url, newUser()))
  let isListed = false
  void Promise.any(lists).then(() => (isListed = true))
  await until('they are there', async () => {
    const connections = (await scrape(api.metricsUrl)).value('firstcome_http_connections', {}) ?? 0
    return connections >= lists.length
  })
  const page = await ask(`${api.url}/v1/campaigns/${campaignId}`)
  expect([page.status, page.body['remaining']]).toEqual([200, 100])
  expect((await press(api.url, campaignId, newUser())).status).toBe(201)
  expect((await ask(`${api.url}/problems/sold-out`)).status).toBe(200)
  expect(isListed).toBe(false)
  toDatabase.release()
  expect(new Set((await Promise.all(lists)).map(({ status }) => status))).toEqual(new Set([200]))
})

test('redemptions on a database that stands still hold up no press, and then one order has the coupon', async () => {
  const campaignId = await createTestCampaign(api.url, { stock: 100 })
  const userId = newUser()
  const won = await press(api.url, campaignId, userId)
  expect(won.status).toBe(201)
  toDatabase.hold()
  const orders = Array.from({ length: 40 }, (_, order) =>
    ask(`${api.url}/v1/coupons/${String(won.body['id'])}/redemptions/order-${order}`, {
      ...{ method: 'PUT', token: tokenOf(userId) },
    }),
  )
  let isAnswered = false
  void Promise.any(orders).then(() => (isAnswered = true))
  await until('they are there', async () => {
    const connections = (await scrape(api.metricsUrl)).value('firstcome_http_connections', {}) ?? 0
    return connections >= orders.length
  })
  expect((await press(api.url, campaignId, newUser())).status).toBe(201)
  expect((await ask(`${api.url}/v1/campaigns/${campaignId}`)).status).toBe(200)
  expect(isAnswered).toBe(false)
  toDatabase.release()
  const statuses = (await Promise.all(orders)).map(({ status }) => status)
  expect(statuses.filter((status) => status === 201)).toHaveLength(1)
  expect(statuses.filter((status) => status === 409)).toHaveLength(39)
})

test('lists that queue behind a stalled database are all answered within one deadline of their arrival', async () => {
  toDatabase.hold()
  const startedAt = performance.now()
  // Four at a time get a turn, so these would have one after the other for twenty deadlines.
  const lists = Array.from({ length: 80 }, () => listOf(api.url, newUser()))
  await Promise.any(lists)
  const firstMs = performance.now() - startedAt
  const answers = await Promise.all(lists)
  expect((performance.now() - startedAt) / firstMs).toBeLessThan(5)
  expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body['complete']])))).toEqual(
    new Set(['[200,false]']),
  )
  toDatabase.release()
})

test('an address with too many requests at once is 429 and safe to repeat; others are served', async () => {
  const campaignId = await createTestCampaign(bounded.url, { stock: 100 })
  const from = (address: string) => ({ 'x-forwarded-for': `198.51.100.9, ${address}` })
  const listFrom = (address: string) =>
    ask(`${bounded.url}/v1/coupons`, { token: tokenOf(newUser()), headers: from(address) })
  const pressFrom = (address: string, userId: string) =>
    ask(`${bounded.url}/v1/campaigns/${campaignId}/coupons`, {
      ...{ method: 'POST', token: tokenOf(userId) },
      headers: from(address),
    })
  toDatabase.hold()
  const lists = Array.from({ length: requestsMax }, () => listFrom('203.0.113.1'))
  const refused = await until('it is at its bound', async () => {
    const answer = await ask(`${bounded.url}/v1/campaigns/${campaignId}`, { headers: from('203.0.113.1') })
    return answer.status === 429 && answer
  })
  expect(refused.body['code']).toBe('rate-limited')
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  const userId = newUser()
  expect((await pressFrom('203.0.113.1', userId)).status).toBe(429)
  // What takes no turn is answered to everybody.
  expect((await ask(`${bounded.url}/livez`, { headers: from('203.0.113.1') })).status).toBe(200)
  expect((await pressFrom('203.0.113.2', newUser())).status).toBe(201)
  toDatabase.release()
  expect(new Set((await Promise.all(lists)).map(({ status }) => status))).toEqual(new Set([200]))
  expect((await pressFrom('203.0.113.1', userId)).status).toBe(201)
  const refusals = await scrape(bounded.metricsUrl)
  const reason = 'requests-of-client'
  expect(refusals.value('firstcome_http_refused_total', { reason })).toBeGreaterThanOrEqual(2)
})

test('an address with too many connections has the next one closed; others are served', async () => {
  const own = await startPart(
    'api',
    { ...inject('environment'), CLIENT_CONNECTIONS_MAX: String(connectionsMax) },
    { folder: inject('folder'), waitFor: 'ready' },
  )
  try {
    const kept = await Promise.all(
      Array.from({ length: connectionsMax }, () => openConnection(own.url, '127.0.0.2')),
    )
    for (const connection of kept) {
      connection.send('GET /livez HTTP/1.1\r\nhost: api\r\n\r\n')
      expect((await connection.answer()).status).toBe(200)
    }
    await (await openConnection(own.url, '127.0.0.2')).closed
    const other = await openConnection(own.url, '127.0.0.3')
    other.send('GET /livez HTTP/1.1\r\nhost: api\r\n\r\n')
    expect((await other.answer()).status).toBe(200)
    for (const connection of [...kept, other]) connection.end()
    await until('there is room again', async () => {
      const again = await openConnection(own.url, '127.0.0.2')
      again.send('GET /livez HTTP/1.1\r\nhost: api\r\n\r\n')
      const answer = await again.answer()
      again.end()
      return answer.status === 200
    })
  } finally {
    await own.stop()
  }
})
