import { afterEach, expect, inject, test } from 'vitest'
import { consoleFrameShape } from '../../api/contract/console-frame-shape.ts'
import { type EventStream, openEvents } from '../harness/processes/event-stream.ts'
import {
  ask,
  createTestCampaign,
  newUser,
  operatorToken,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'
import { until } from '../harness/values/until.ts'

const streams: EventStream[] = []
let api: Running | undefined
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.leave()
  await api?.stop()
  api = undefined
})

const [first, second] = inject('apiUrls')
const watch = async (url: string, campaignId?: string): Promise<EventStream> => {
  const query = campaignId === undefined ? '' : `?campaign=${campaignId}`
  const stream = await openEvents(`${url}/v1/admin/events${query}`, {
    headers: { authorization: `Bearer ${operatorToken()}` },
  })
  streams.push(stream)
  return stream
}
const framesOf = ({ events }: EventStream) => events.map(({ data }) => consoleFrameShape.strict().parse(data))

test('a console sees grants become rows, and that all of them are accounted for', async () => {
  // Many campaigns of other tests are live in the same Redis: this one is watched by name.
  const campaignId = await createTestCampaign(first, { stock: 30 })
  const stream = await watch(first, campaignId)
  expect(stream.headers['content-type']).toBe('text/event-stream')
  const presses = Array.from({ length: 20 }, (_, place) =>
    press(place % 2 ? first : second, campaignId, newUser()),
  )
  await Promise.all(presses)
  const whole = await until('all are rows', () =>
    framesOf(stream)
      .flatMap(({ campaigns }) => campaigns)
      .find(({ id, recorded }) => id === campaignId && recorded === 20),
  )
  expect(whole).toMatchObject({ state: 'open', stock: 30, granted: 20, version: 1, epoch: 1, oversold: 0 })
  const seen = framesOf(stream).flatMap(({ campaigns }) => campaigns.filter(({ id }) => id === campaignId))
  expect(seen.filter(({ holds }) => holds === false)).toEqual([])
  const frame = framesOf(stream).at(-1)
  const own = frame?.processes[0]
  expect(own?.id).toBe(frame?.processId)
  expect(own?.outcomes['granted']).toBeGreaterThanOrEqual(10)
  expect(own?.issueDurations.at(-1)).toMatchObject({ le: '+Inf' })
  expect(frame?.lag?.records).toBeGreaterThanOrEqual(0)
  expect(frame?.deadLetters).toBeGreaterThanOrEqual(0)
  await until('further frames come', () => stream.events.length >= 3)
})

test('a frame has the processes of all who share the servers, with what each does', async () => {
  const campaignId = await createTestCampaign(first, { stock: 30 })
  const stream = await watch(first)
  await press(second, campaignId, newUser())
  const { processes } = await until('other processes are there', () =>
    framesOf(stream).find(
      ({ processId, processes: all }) =>
        all.some(
          ({ id, kind, outcomes }) => kind === 'api' && id !== processId && (outcomes['granted'] ?? 0) > 0,
        ) && all.some(({ kind, rows }) => kind === 'worker' && rows > 0),
    ),
  )
  expect(new Set(processes.map(({ id }) => id)).size).toBe(processes.length)
  for (const { memoryBytes } of processes) expect(memoryBytes).toBeGreaterThan(10_000_000)
  expect(framesOf(stream).at(-1)?.lag?.state === undefined).toBe(false)
})

test('a campaign that a console watches is told to all consoles of the process, until that one leaves', async () => {
  const campaignId = await createTestCampaign(first)
  const [one, other] = [await watch(first, campaignId), await watch(first)]
  const isWatched = (stream: EventStream): boolean =>
    framesOf(stream).at(-1)?.watched.includes(campaignId) === true
  await until('both are told', () => isWatched(one) && isWatched(other))
  one.leave()
  await until('it is watched no longer', () => !isWatched(other))
  const wrong = await ask(`${first}/v1/admin/events?campaign=sale`, { token: operatorToken() })
  expect([wrong.status, wrong.body['errors']]).toEqual([
    ...[422, [{ pointer: '/campaign', message: 'expected the id of one campaign' }]],
  ])
})

test('it is for operators, by their token in a header', async () => {
  expect((await ask(`${first}/v1/admin/events`)).status).toBe(401)
  expect((await ask(`${first}/v1/admin/events`, { token: tokenOf(newUser()) })).status).toBe(401)
  const head = await ask(`${first}/v1/admin/events`, { method: 'HEAD', token: operatorToken() })
  expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
})

test('a process has a hundred consoles at most, and ends them when it stops', async () => {
  api = await startPart('api', inject('environment'), { folder: inject('folder'), waitFor: 'ready' })
  const { url } = api
  const all = await Promise.all(Array.from({ length: 100 }, () => watch(url)))
  expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]))
  const further = await ask(`${url}/v1/admin/events`, { token: operatorToken() })
  expect([further.status, further.body['code']]).toEqual([503, 'overloaded'])
  // The same frames for all of them.
  await Promise.all(all.map((stream) => until('it has frames', () => stream.events.length >= 2)))
  const [one, other] = [all[0]?.events[1], all[99]?.events.find(({ id }) => id === all[0]?.events[1]?.id)]
  expect(other).toEqual(one)
  await api.stop()
  expect(new Set(await Promise.all(all.map(({ ended }) => ended)))).toEqual(new Set(['whole']))
})
