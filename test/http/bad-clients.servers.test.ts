import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import {
  ask,
  createTestCampaign,
  newUser,
  operatorToken,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'
import { openConnection, type RawConnection } from '../harness/processes/raw-connection.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'
import { openStoredFacts } from '../harness/values/stored-facts.ts'
import { until } from '../harness/values/until.ts'

const connectionsMax = 40
let api: Running
const stored = openStoredFacts()

beforeAll(async () => {
  const limits = {
    ...{ REQUEST_TIMEOUT_MS: '500', INACTIVITY_TIMEOUT_MS: '2500' },
    CONNECTIONS_MAX: String(connectionsMax),
  }
  api = await startPart(
    'api',
    { ...inject('environment'), ...limits },
    { folder: inject('folder'), waitFor: 'ready' },
  )
})
afterAll(async () => {
  await api.stop()
  await stored.close()
})

const issue = (campaignId: string, userId: string, headers = ''): string =>
  `POST /v1/campaigns/${campaignId}/coupons HTTP/1.1\r\nhost: api\r\nauthorization: Bearer ${tokenOf(userId)}\r\n${headers}\r\n`

/** Somebody who presses all the while, for new people, and is answered each time. */
const startNeighbour = (campaignId: string) => {
  const users: string[] = []
  const statuses = new Set<number>()
  let isDone = false
  const pressing = (async () => {
    while (!isDone) {
      const userId = newUser()
      users.push(userId)
      statuses.add((await press(api.url, campaignId, userId)).status)
    }
  })()
  // Told by `settle`; a test that failed before is over.
  pressing.catch(() => undefined)
  return {
    served: (count: number) => until(`${count} more are served`, () => users.length > count),
    /** Ends it, and compares gate and ledger with all who were granted: they, and `others`. */
    async settle(others: readonly string[] = []): Promise<void> {
      isDone = true
      await pressing
      expect([...statuses]).toEqual([201])
      const winners = [...users, ...others]
      const count = winners.length
      expect(await stored.gate(campaignId)).toMatchObject({ granted: count, winners: count })
      const rows = await stored.drained(campaignId, count)
      expect(rows.map(({ userId }) => userId).sort()).toEqual(winners.sort())
      expect(rows.map(({ rank }) => rank)).toEqual(winners.map((_, index) => index + 1))
    },
  }
}

/** Sends a byte now and then, until the server has had enough. */
const drip = async (connection: RawConnection): Promise<void> => {
  const dripping = setInterval(() => connection.send('x'), 50)
  await connection.closed
  clearInterval(dripping)
}

/** Resolves with 1 when the server has cut it. One that does not read notices when it sends something. */
const isCut = async (connection: RawConnection): Promise<1> => {
  let isClosed = false
  void connection.closed.then(() => (isClosed = true))
  await until('it is cut', () => {
    connection.send('\r\n')
    return isClosed
  })
  return 1
}

describe('a bad client is cut off and its neighbours are served', () => {
  test('clients that send nothing, one byte at a time, or too much', async () => {
    const campaignId = await createTestCampaign(api.url, { stock: 100_000 })
    const neighbour = startNeighbour(campaignId)
    const [silent, head, body, halfway, long, many] = [
      await openConnection(api.url),
      await openConnection(api.url),
      await openConnection(api.url),
      await openConnection(api.url),
      await openConnection(api.url),
      await openConnection(api.url),
    ]
    head.send(`POST /v1/campaigns/${campaignId}/coupons HTTP/1.1\r\nhost: api\r\nx: `)
    body.send(
      `POST /v1/admin/campaigns HTTP/1.1\r\nhost: api\r\nauthorization: Bearer ${operatorToken()}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n"`,
    )
    const decided = newUser()
    halfway.send(`${issue(campaignId, decided, 'content-length: 1000\r\n')}x`)
    long.send(issue(campaignId, newUser(), `cookie: ${'x'.repeat(20_000)}\r\n`))
    many.send(issue(campaignId, newUser(), 'x: 1\r\n'.repeat(200)))
    expect((await long.answer()).status).toBe(431)
    expect((await many.answer()).status).toBe(431)
    const first = await halfway.answer()
    expect(first.status).toBe(201)
    await Promise.all([drip(head), drip(body), silent.closed, halfway.closed, long.closed, many.closed])
    // What was decided for somebody who hangs halfway is theirs.
    const again = await press(api.url, campaignId, decided)
    expect([again.status, again.body]).toEqual([200, JSON.parse(first.body)])
    await neighbour.served(5)
    await neighbour.settle([decided])
  })

  test('a client that never reads its answers; its coupon stays its own', async () => {
    const campaignId = await createTestCampaign(api.url, { stock: 100_000 })
    const neighbour = startNeighbour(campaignId)
    const never = await openConnection(api.url)
    const userId = newUser()
    never.stopReading()
    never.send(issue(campaignId, userId))
    await until(
      'it is granted',
      async () =>
        (await ask(`${api.url}/v1/campaigns/${campaignId}/coupons/mine`, { token: tokenOf(userId) })).body[
          'outcome'
        ] === 'granted',
    )
    // More than what kernels hold for both sides, 10 MB with Linux' own limits: some 40 MB.
    for (let count = 0; count < 20_000; count += 1)
      never.send(`GET /problems/sold-out HTTP/1.1\r\nhost: api\r\n\r\n`)
    await isCut(never)
    expect((await press(api.url, campaignId, userId)).status).toBe(200)
    await neighbour.settle([userId])
  })

  test.each([
    ['presses without a credential', 'POST', () => ''],
    ['presses', 'POST', () => `authorization: Bearer ${tokenOf(newUser())}\r\n`],
    ['public pages', 'GET', () => ''],
  ])('clients that pipeline thousands of %s and never read', async (_, method, headers) => {
    const campaignId = await createTestCampaign(api.url, { stock: 100_000 })
    const unknown = randomUUIDv7()
    const path = method === 'POST' ? `/v1/campaigns/${unknown}/coupons` : `/v1/campaigns/${unknown}`
    const request = `${method} ${path} HTTP/1.1\r\nhost: api\r\n${headers()}\r\n`
    let isDone = false
    let cuts = 0
    /** A client that comes again whenever it was cut off. */
    const pester = async (): Promise<void> => {
      while (!isDone) {
        const connection = await openConnection(api.url)
        connection.stopReading()
        connection.send(request.repeat(8_000))
        cuts += await isCut(connection)
      }
    }
    const pestering = Array.from({ length: 4 }, pester)
    // Told at the end; a test that failed before is over.
    for (const one of pestering) one.catch(() => (isDone = true))
    await until('they are there', () => cuts > 0)
    const people = Array.from({ length: 30 }, newUser)
    const answers = await Promise.all(people.map((userId) => press(api.url, campaignId, userId)))
    isDone = true
    await Promise.all(pestering)
    expect(answers.map(({ status }) => status)).toEqual(people.map(() => 201))
    await stored.drained(campaignId, people.length)
  })

  test('connections past the bound; there is room again when some close', async () => {
    const campaignId = await createTestCampaign(api.url, { stock: 100_000 })
    const neighbour = startNeighbour(campaignId)
    await neighbour.served(0)
    const kept: RawConnection[] = []
    const livez = async (): Promise<boolean> => {
      const connection = await openConnection(api.url)
      connection.send('GET /livez HTTP/1.1\r\nhost: api\r\n\r\n')
      kept.push(connection)
      return connection.answer().then(
        () => true,
        () => false,
      )
    }
    while (await livez()) expect(kept.length).toBeLessThanOrEqual(connectionsMax)
    await neighbour.served(10)
    for (const connection of kept) connection.end()
    await until('there is room again', livez)
    for (const connection of kept) connection.end()
    await neighbour.settle()
  })
})
