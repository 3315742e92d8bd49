import { afterEach, expect, inject, test } from 'vitest'
import { scrape } from '../harness/metrics/metric-text.ts'
import { type EventStream, openEvents, type ReceivedEvent } from '../harness/processes/event-stream.ts'
import {
  ask,
  changeCampaign,
  closedAnHourAgo,
  createTestCampaign,
  newUser,
  press,
} from '../harness/processes/http-client.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'
import { until } from '../harness/values/until.ts'

const [first, second] = inject('apiUrls')
const streams: EventStream[] = []
let api: Running | undefined
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.leave()
  await api?.stop()
  api = undefined
})

const startOwn = async (settings: Record<string, string>): Promise<Running> => {
  const environment = { ...inject('environment'), ...settings }
  return (api = await startPart('api', environment, { folder: inject('folder'), waitFor: 'ready' }))
}
const listen = async (
  url: string,
  campaignId: string,
  options: Parameters<typeof openEvents>[1] = {},
): Promise<EventStream> => {
  const stream = await openEvents(`${url}/v1/campaigns/${campaignId}/events`, options)
  streams.push(stream)
  return stream
}
const change = (campaignId: string, action: string, fields = {}) =>
  changeCampaign(first, campaignId, action, fields)
const isState =
  (state: string, remaining?: number) =>
  ({ data }: ReceivedEvent): boolean =>
    data['state'] === state && (remaining === undefined || data['remaining'] === remaining)

test('listeners of all processes hear of stock, pause, sell-out and more stock, and of the close last', async () => {
  const campaignId = await createTestCampaign(first, { stock: 3 })
  const both = [await listen(first, campaignId), await listen(second, campaignId)]
  const bothHear = (what: string, isIt: (event: ReceivedEvent) => boolean) =>
    Promise.all(both.map((stream) => stream.next(what, isIt)))
  const [begin] = await bothHear('open', isState('open', 3))
  const page = await ask(`${first}/v1/campaigns/${campaignId}`)
  const { serverTime, ...facts } = begin?.data ?? {}
  expect(page.body).toMatchObject(facts)
  expect(Object.keys(facts)).toEqual(['state', 'stock', 'remaining', 'opensAt', 'closesAt', 'soldOutAt'])
  expect(Date.parse(String(page.body['serverTime']))).toBeGreaterThanOrEqual(Date.parse(String(serverTime)))
  await press(first, campaignId, newUser())
  await bothHear('two are left', isState('open', 2))
  await change(campaignId, 'pause')
  await bothHear('paused', isState('paused', 2))
  await change(campaignId, 'resume')
  await press(second, campaignId, newUser())
  await press(second, campaignId, newUser())
  await bothHear('sold out', isState('sold-out', 0))
  await change(campaignId, 'stock', { stock: 5 })
  await bothHear('more stock', isState('open', 2))
  await change(campaignId, 'close')
  const closed = await bothHear('closed', isState('closed', 2))
  expect(new Set(closed.map(({ event }) => event))).toEqual(new Set(['closed']))
  expect(await Promise.all(both.map(({ ended }) => ended))).toEqual(['whole', 'whole'])
  expect(new Set(both.flatMap(({ events }) => events.slice(0, -1).map(({ event }) => event)))).toEqual(
    new Set(['campaign']),
  )
  // A browser comes back once more, and is told not to.
  const lastId = closed[0]?.id ?? ''
  expect((await listen(second, campaignId, { headers: { 'last-event-id': lastId } })).status).toBe(204)
  const anew = await listen(second, campaignId)
  expect([await anew.ended, anew.events.map(({ event }) => event)]).toEqual(['whole', ['closed']])
})

test('who comes back to another process is not told again what it knows, nor anything older', async () => {
  const campaignId = await createTestCampaign(first, { stock: 10 })
  const stream = await listen(first, campaignId)
  await press(first, campaignId, newUser())
  const { id } = await stream.next('nine are left', isState('open', 9))
  stream.leave()
  const resumed = await listen(second, campaignId, { headers: { 'last-event-id': id } })
  expect(resumed.status).toBe(200)
  await until('it is told when to come back', () => resumed.retryMs() !== undefined)
  await press(second, campaignId, newUser())
  await resumed.next('eight are left', isState('open', 8))
  expect(resumed.events.filter(({ data }) => Number(data['remaining']) > 8)).toEqual([])
})

test('the stream of a campaign that was closed has one event; of none there is no stream', async () => {
  const over = await listen(first, await createTestCampaign(first, closedAnHourAgo()))
  expect([await over.ended, over.events.map(({ event, data }) => [event, data['state']])]).toEqual([
    'whole',
    [['closed', 'closed']],
  ])
  for (const [id, code] of [
    ['01a1fe69-7d10-770e-92dc-168166463406', 'unknown-campaign'],
    ['no-id', 'unknown-campaign'],
  ]) {
    const { status, body } = await ask(`${first}/v1/campaigns/${id}/events`)
    expect([status, body['code']]).toEqual([404, code])
  }
})

test('HEAD has the headers of a stream and takes no place; another method is 405', async () => {
  const { url, metricsUrl } = await startOwn({ LISTENERS_MAX: '1' })
  const path = `${url}/v1/campaigns/${await createTestCampaign(url)}/events`
  for (let time = 0; time < 3; time += 1) {
    const { status, headers } = await ask(path, { method: 'HEAD' })
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream'])
  }
  expect((await scrape(metricsUrl)).value('firstcome_event_listeners', {})).toBe(0)
  const { status, headers } = await ask(path, { method: 'POST' })
  expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
})

test('beyond the bounds there is no stream but the campaign itself; streams take no turns', async () => {
  const { url, metricsUrl } = await startOwn({
    ...{ LISTENERS_MAX: '5', CLIENT_LISTENERS_MAX: '2', REQUESTS_IN_FLIGHT_MAX: '1' },
    CLIENT_REQUESTS_MAX: '1',
  })
  const campaignId = await createTestCampaign(url)
  const from = async (address: string) => (await listen(url, campaignId, { from: address })).status
  expect([await from('127.0.0.2'), await from('127.0.0.2'), await from('127.0.0.2')]).toEqual([200, 200, 429])
  // They are counted apart from the requests of their address.
  const page = await openEvents(`${url}/v1/campaigns/${campaignId}`, { from: '127.0.0.2' })
  expect(page.status).toBe(200)
  expect([await from('127.0.0.1'), await from('127.0.0.1'), await from('127.0.0.1')]).toEqual([200, 200, 200])
  const refused = await ask(`${url}/v1/campaigns/${campaignId}/events`)
  expect([refused.status, refused.body['code']]).toEqual([503, 'overloaded'])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await ask(`${url}/v1/campaigns/${campaignId}`)).status).toBe(200)
  expect((await press(url, campaignId, newUser())).status).toBe(201)
  const metrics = await scrape(metricsUrl)
  expect(metrics.value('firstcome_event_listeners', {})).toBe(5)
  const route = 'GET /v1/campaigns/:campaignId/events'
  expect(metrics.value('firstcome_http_answers_total', { route, status: '200' })).toBe(5)
  expect(metrics.value('firstcome_http_answers_total', { route, status: '503' })).toBe(1)
})

test('a process that stops ends its streams, and nothing waits for them', async () => {
  const { url, stop, exited } = await startOwn({})
  const campaignId = await createTestCampaign(url)
  const all = await Promise.all([1, 2, 3].map(() => listen(url, campaignId)))
  await Promise.all(all.map((stream) => stream.next('it begins', isState('open'))))
  await stop()
  expect(await Promise.all(all.map(({ ended }) => ended))).toEqual(['whole', 'whole', 'whole'])
  expect(await exited).toEqual({ code: 0, signal: null })
})

test('people press beside two thousand listeners, who all hear that it is sold out', async () => {
  const { url, metricsUrl } = await startOwn({})
  const stock = 300
  const campaignId = await createTestCampaign(url, { stock })
  const count = 2_000
  for (let opened = 0; opened < count; opened += 100)
    await Promise.all(Array.from({ length: 100 }, () => listen(url, campaignId)))
  const presses: Promise<{ status: number }>[] = []
  for (let pressed = 0; pressed < stock; pressed += 1) presses.push(press(url, campaignId, newUser()))
  expect(new Set((await Promise.all(presses)).map(({ status }) => status))).toEqual(new Set([201]))
  await Promise.all(streams.map((stream) => stream.next('sold out', isState('sold-out', 0))))
  for (const stream of streams.splice(0)) stream.leave()
  await until('all places are free', async () => {
    const metrics = await scrape(metricsUrl)
    return metrics.value('firstcome_event_listeners', {}) === 0
  })
})
