import { afterEach, expect, test } from 'vitest'
import { type ScriptedReply, startScriptedApi } from '../../test/harness/processes/scripted-api.ts'
import { until } from '../../test/harness/values/until.ts'
import { gatherPeople, type People, type PeopleOptions } from './people.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const startApi = async (reply: Parameters<typeof startScriptedApi>[0]) => {
  const api = await startScriptedApi(reply)
  closing.push(api.close)
  return api
}

const coupon = { campaignId: 'the-campaign', slot: 1, rank: 1 }
const couponOf = ({ userId }: { userId: string }) => ({ ...coupon, id: `coupon of ${userId}`, userId })
const granted = (request: { userId: string }): ScriptedReply => ({ status: 201, body: couponOf(request) })
const soldOut: ScriptedReply = { status: 409, body: { code: 'sold-out' } }
const overloaded = { status: 503, body: { code: 'overloaded' }, retryAfter: '1' }

const gather = (urls: string[], changes: Partial<PeopleOptions> = {}): People => {
  const people = gatherPeople({
    urls,
    campaignId: 'the-campaign',
    requestsMax: 8,
    operator: { mayBeClosed: () => false, mayBePaused: () => false },
    patienceMs: 500,
    random: () => 0,
    sign: (userId) => `token of ${userId}`,
    now: () => performance.now(),
    ...changes,
  })
  closing.unshift(people.close)
  return people
}

const letSomebodyArrive = async (people: People): Promise<void> => {
  people.pace(50)
  await until('somebody arrives', () => people.count() > 0)
  people.pace(0)
}

const answersToFirst = (people: People): string[] =>
  [...people.history.entries(people.userId)]
    .filter(({ userId }) => userId === people.userId(0))
    .map(({ answer }) => answer.kind)

test('nobody arrives before there is a pace, and nobody new once they settle', async () => {
  const api = await startApi(granted)
  const people = gather([api.url])
  expect(await people.settle(5_000)).toBe(0)
  people.pace(Infinity)
  await until('many arrived', () => people.winnerCount() > 100)
  expect(await people.settle(5_000)).toBe(0)
  const came = people.count()
  expect([people.winnerCount(), people.answered(), people.presses()]).toEqual([came, came, came])
  expect(new Set(api.requests.map(({ userId }) => userId)).size).toBe(came)
  expect(people.inFlight()).toBe(0)
})

test('as many people arrive a second as the pace says', async () => {
  const api = await startApi(granted)
  let nowMs = 0
  const people = gather([api.url], { now: () => nowMs, requestsMax: 100 })
  people.pace(80)
  nowMs += 500
  await until('they arrive', () => people.answered() >= 40)
  await people.settle(5_000)
  expect(people.count()).toBe(40)
})

test('at an infinite pace the requests in flight are bounded, and their connections are reused', async () => {
  let inFlightMost = 0
  const api = await startApi((request) => {
    inFlightMost = Math.max(inFlightMost, people.inFlight())
    return granted(request)
  })
  const people = gather([api.url], { requestsMax: 5 })
  people.pace(Infinity)
  await until('many arrived', () => people.winnerCount() > 200)
  await people.settle(5_000)
  expect(inFlightMost).toBe(5)
  expect(new Set(api.requests.map(({ port }) => port)).size).toBeLessThanOrEqual(5)
})

test('a person without an answer in time presses again at another API', async () => {
  const silent = await startApi(() => 'nothing')
  const api = await startApi(granted)
  const people = gather([silent.url, api.url])
  await letSomebodyArrive(people)
  expect(await people.settle(10_000)).toBe(0)
  expect(silent.requests.map(({ act }) => act)).toContain('press')
  expect(api.requests.map(({ act }) => act)).toContain('press')
  expect(answersToFirst(people)).toEqual(['unknown', 'granted'])
  // The silent API never answered.
  expect(people.silenceMsMax()).toBeGreaterThanOrEqual(499)
  expect(people.answered()).toBe(people.count())
})

test('a person without an answer may ask for the outcome instead', async () => {
  const silent = await startApi(() => 'nothing')
  const api = await startApi((request) => ({
    status: 200,
    body: { outcome: 'granted', coupons: [couponOf(request)] },
  }))
  // Starts with the first API, then asks for the outcome.
  const draws = [0]
  const people = gather([silent.url, api.url], { random: () => draws.shift() ?? 0.9 })
  people.pace(50)
  await until('it asks', () => api.requests.some(({ act }) => act === 'outcome'))
  expect(await people.settle(10_000)).toBe(0)
})

test('people of a dead API turn to the other', async () => {
  const api = await startApi(granted)
  const dead = await startApi(granted)
  await dead.close()
  const people = gather([dead.url, api.url])
  await letSomebodyArrive(people)
  expect(await people.settle(10_000)).toBe(0)
  expect(answersToFirst(people)).toEqual(['unknown', 'granted'])
})

test('after a 202 a person asks until it is granted, and does not press again', async () => {
  const api = await startApi((request, index) => {
    if (request.act === 'press') return { status: 202, retryAfter: '1' }
    if (index < 3) return { status: 200, body: { outcome: 'confirming', coupons: [], refreshAfterMs: 100 } }
    return { status: 200, body: { outcome: 'granted', coupons: [couponOf(request)] } }
  })
  const people = gather([api.url], { requestsMax: 1 })
  await letSomebodyArrive(people)
  await people.settle(10_000)
  const [first, ...others] = api.requests.filter(({ userId }) => userId === people.userId(0))
  expect([first?.act, new Set(others.map(({ act }) => act))]).toEqual(['press', new Set(['outcome'])])
  expect(people.presses()).toBe(people.count())
  expect(people.winnerCount()).toBe(people.count())
})

test('after a 503 a person presses again, not before Retry-After', async () => {
  const seen = new Set<string>()
  const api = await startApi((request) => {
    if (seen.has(request.userId)) return granted(request)
    seen.add(request.userId)
    return overloaded
  })
  // They press again only where the answer asks for it.
  const people = gather([api.url], { random: () => 0.9 })
  await letSomebodyArrive(people)
  expect(await people.settle(10_000)).toBe(0)
  const [first, second] = api.requests.filter(({ userId }) => userId === people.userId(0))
  expect(second?.act).toBe('press')
  expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(990)
})

test('after a closed campaign a person presses again: they know that it is open', async () => {
  const seen = new Set<string>()
  const api = await startApi((request) => {
    if (seen.has(request.userId)) return granted(request)
    seen.add(request.userId)
    return { status: 409, body: { code: 'closed' } }
  })
  const people = gather([api.url])
  await letSomebodyArrive(people)
  expect(await people.settle(10_000)).toBe(0)
  expect(answersToFirst(people)).toEqual(['refused', 'granted'])
})

test('a person without a final answer gives up at the limit, not at the end of their wait', async () => {
  const api = await startApi(() => ({ ...overloaded, retryAfter: '60' }))
  const people = gather([api.url])
  await letSomebodyArrive(people)
  expect(await people.settle(100)).toBe(people.count())
  expect(performance.now() - (api.requests.at(-1)?.atMs ?? 0)).toBeLessThan(5_000)
  expect(people.inFlight()).toBe(0)
})

test('people who press once more go on until their answer is final', async () => {
  let isAway = true
  const api = await startApi((request) => (isAway ? overloaded : granted(request)))
  const people = gather([api.url])
  await letSomebodyArrive(people)
  await people.settle(50)
  isAway = false
  await people.pressAgain(1_000, 10_000)
  expect(people.history.open()).toEqual([])
  expect(people.winnerCount()).toBe(people.count())
})

test('those who press once more are spread over everybody', async () => {
  const api = await startApi(granted)
  const people = gather([api.url])
  people.pace(Infinity)
  await until('many arrived', () => people.winnerCount() >= 100)
  await people.settle(5_000)
  const [came, before] = [people.count(), api.requests.length]
  await people.pressAgain(10, 5_000)
  const again = api.requests.slice(before).map(({ userId }) => Number(userId.split('-').at(-1)))
  expect(again.length).toBeGreaterThan(5)
  expect(again.length).toBeLessThanOrEqual(10)
  expect(Math.max(...again)).toBeGreaterThan(came / 2)
  expect(people.presses()).toBe(came + again.length)
})

test('it is sold out as soon as one answer says so', async () => {
  const api = await startApi((_, index) => (index === 0 ? overloaded : soldOut))
  const people = gather([api.url])
  expect(people.isSoldOut()).toBe(false)
  people.pace(Infinity)
  await until('sold out', people.isSoldOut)
  await people.settle(10_000)
  expect(people.winnerCount()).toBe(0)
})
