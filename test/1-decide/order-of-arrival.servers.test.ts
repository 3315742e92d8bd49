import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { issuePath } from '../../load/people/shoppers.ts'
import { parseArrivalStamp } from '../../platform/http/arrival-stamp.ts'
import { createTestCampaign, newUser, press, tokenOf } from '../harness/processes/http-client.ts'
import { openConnection } from '../harness/processes/raw-connection.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'

// More than one address starts in a turn of the event loop, and more than one lookup of a campaign takes.
const count = 100
let api: Running

beforeAll(async () => {
  const environment = { ...inject('environment'), ARRIVAL_STAMPS: 'true', REQUESTS_IN_FLIGHT_MAX: '40' }
  api = await startPart('api', environment, { folder: inject('folder'), waitFor: 'ready' })
})
afterAll(() => api.stop())

/** Presses over as many connections, each sent before the next; in the order in which they were sent. */
const pressInOrder = async (campaignId: string, from: string) => {
  const connections = await Promise.all(Array.from({ length: count }, () => openConnection(api.url, from)))
  const presses = connections.map(
    () =>
      `POST ${issuePath(campaignId)} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer ${tokenOf(newUser())}\r\nContent-Length: 0\r\n\r\n`,
  )
  for (const [index, connection] of connections.entries()) connection.send(presses[index] ?? '')
  const answers = await Promise.all(connections.map((connection) => connection.answer()))
  for (const connection of connections) connection.end()
  expect(answers.map(({ status }) => status)).toEqual(Array(count).fill(201))
  return answers.map(({ headers, body }) => ({
    number: parseArrivalStamp(headers['x-arrival'] ?? '')?.number ?? 0,
    rank: Number(JSON.parse(body).rank),
  }))
}

test.each([
  ['programs of this machine', '127.0.0.1'],
  ['one address, of which a few start in a turn of the event loop', '127.0.0.2'],
])('one process grants ranks in the order in which it reads requests of %s', async (_, from) => {
  // Made by another process: this one may not know the campaign when the first presses come.
  const campaignId = await createTestCampaign(inject('apiUrls')[0], { stock: count })
  const pressed = await pressInOrder(campaignId, from)
  const numbers = pressed.map(({ number }) => number)
  expect(numbers).toEqual([...numbers].sort((left, right) => left - right))
  expect(pressed.map(({ rank }) => rank)).toEqual(pressed.map((_press, index) => index + 1))
})

test('without ARRIVAL_STAMPS no answer says when its request arrived', async () => {
  const [quiet] = inject('apiUrls')
  const granted = await press(quiet, await createTestCampaign(quiet, { stock: 1 }), newUser())
  expect([granted.status, granted.headers.get('x-arrival')]).toEqual([201, null])
})
