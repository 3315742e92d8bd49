import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createAnswerSheet } from './answer-sheet.ts'
import { type Rush, runRush } from './rush.ts'

const shoppers = 60
const now = () => performance.now()
const cleanUps: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

type OnPress = (shopper: number, response: ServerResponse, request: IncomingMessage) => void

const grant = (response: ServerResponse): void => {
  response.writeHead(201, { 'content-length': 2 }).end('{}')
}

/** Starts a server that counts the presses of each shopper, and runs a rush against it. */
const rushAt = async (onPress: OnPress, changes: Partial<Rush> = {}) => {
  const pressed = new Map<number, number>()
  const server = createServer((request, response) => {
    if (request.url !== '/press') return response.end('here')
    const shopper = Number(request.headers['x-shopper'])
    pressed.set(shopper, (pressed.get(shopper) ?? 0) + 1)
    return onPress(shopper, response, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const sheet = createAnswerSheet(shoppers, now)
  const counts = await runRush(
    {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      connections: 20,
      now,
      patienceMs: 5_000,
      lastsMs: 20_000,
      requests: Array.from({ length: shoppers }, (_, shopper) =>
        Buffer.from(`POST /press HTTP/1.1\r\nhost: a\r\nx-shopper: ${shopper}\r\ncontent-length: 0\r\n\r\n`),
      ),
      ...changes,
    },
    sheet,
  )
  const statuses = Array.from({ length: shoppers }, (_, shopper) => sheet.read(shopper)?.status)
  return { pressed, counts, statuses, faults: Object.fromEntries(sheet.faults()) }
}

describe('a rush', () => {
  test('an answer that is temporary for this rush brings the person back after Retry-After, and no other does', async () => {
    const paused = new Set<number>()
    const { pressed, counts, statuses } = await rushAt(
      (shopper, response) => {
        const isFirst = !paused.has(shopper)
        paused.add(shopper)
        if (!isFirst) return grant(response)
        const body = shopper % 2 === 0 ? 'paused' : 'closed'
        return void response.writeHead(409, { 'content-length': 6, 'retry-after': '1' }).end(body)
      },
      { isTemporary: ({ status, body }) => status === 409 && body === 'paused' },
    )
    const even = (shopper: number): boolean => shopper % 2 === 0
    expect(statuses).toEqual(statuses.map((_, shopper) => (even(shopper) ? 201 : 409)))
    expect([...pressed].map(([shopper, presses]) => [presses, even(shopper)])).toEqual(
      [...pressed.keys()].map((shopper) => (even(shopper) ? [2, true] : [1, false])),
    )
    expect(counts.refusalsMs).toHaveLength(shoppers / 2)
  })

  test('each person presses once and gets their own answer', async () => {
    const { pressed, counts, statuses } = await rushAt((shopper, response) =>
      response.writeHead(shopper % 3 === 0 ? 409 : 201, { 'content-length': 2 }).end('{}'),
    )
    expect([...pressed.values()]).toEqual(Array.from({ length: shoppers }, () => 1))
    expect(statuses).toEqual(
      Array.from({ length: shoppers }, (_, shopper) => (shopper % 3 === 0 ? 409 : 201)),
    )
    expect(counts).toMatchObject({ people: shoppers, presses: shoppers, grants: 40, heldBack: 0, gaveUp: 0 })
    expect([counts.waitsMs.length, counts.refusalsMs.length]).toEqual([40, 0])
  })

  test('people press again after a refusal, a broken connection, or too long a wait', async () => {
    const seen = new Set<number>()
    const { pressed, counts, statuses } = await rushAt(
      (shopper, response, request) => {
        const isFirst = !seen.has(shopper)
        seen.add(shopper)
        if (isFirst && shopper % 6 === 1)
          response.writeHead(503, { 'retry-after': '1', 'content-length': 2 }).end('{}')
        else if (isFirst && shopper % 6 === 2) request.socket.destroy()
        // Those who are to lose patience get no answer.
        else if (!isFirst || shopper % 6 !== 3) grant(response)
      },
      { patienceMs: 300 },
    )
    const twice = (shopper: number): boolean => [1, 2, 3].includes(shopper % 6)
    for (let shopper = 0; shopper < shoppers; shopper += 1)
      expect(pressed.get(shopper)).toBeGreaterThanOrEqual(twice(shopper) ? 2 : 1)
    expect(statuses).toEqual(Array.from({ length: shoppers }, () => 201))
    expect(counts).toMatchObject({ people: shoppers, grants: shoppers, heldBack: 0 })
    expect(counts.gaveUp).toBeGreaterThanOrEqual(10)
    expect([counts.refusalsMs.length, counts.waitsMs.length]).toEqual([10, shoppers])
    // The wait of a refused person includes the time until they return.
    expect(Math.max(...counts.waitsMs)).toBeGreaterThan(1_000)
  })

  test('people arrive at their rate, and are held back without a free connection', async () => {
    const { counts, statuses } = await rushAt(() => {}, {
      connections: 2,
      peoplePerSecond: 100,
      lastsMs: 300,
      patienceMs: 60,
    })
    const { people, heldBack, lastedMs } = counts
    expect(people + heldBack).toBeLessThanOrEqual(Math.ceil((lastedMs + 10) / 10))
    expect(heldBack).toBeGreaterThan(0)
    expect(counts.gaveUp).toBeGreaterThanOrEqual(2)
    expect(counts.grants).toBe(0)
    expect(statuses.every((status) => status === undefined)).toBe(true)
  })
})
