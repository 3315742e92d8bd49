import { afterEach, expect, inject, test } from 'vitest'
import { openBooks } from './books.ts'
import { createCampaign, newUser, outcomeOf, press } from './client.ts'
import { type Running, startPart } from './processes.ts'
import { until } from './until.ts'

const [first] = inject('apiUrls')
const books = openBooks()
let api: Running | undefined
afterEach(async () => {
  api?.kill()
  await books.close()
})

test('an API process killed between deciding and appending loses nothing: what it had granted becomes rows and "granted"', async () => {
  const campaignId = await createCampaign(first, { stock: 30 })
  // It reaches no Kafka and waits for it longer than it lives: it decides and never appends.
  const environment = { ...inject('environment'), KAFKA_BROKERS: '127.0.0.1:1', PUBLISH_DEADLINE_MS: '60000' }
  const { url, kill, exited } = (api = await startPart('api', environment, {
    folder: inject('folder'),
    waitFor: 'live',
  }))
  const users = Array.from({ length: 20 }, newUser)
  const presses = users.map((user) => press(url, campaignId, user).catch(() => undefined))
  await until('the gate has granted them', async () => (await books.gate(campaignId)).granted === 20)
  kill()
  await exited
  // A breaker that had opened told some of them "pending"; nobody was told yes.
  for (const answer of await Promise.all(presses)) expect([undefined, 202]).toContain(answer?.status)
  for (const user of users)
    expect(['confirming', 'granted']).toContain((await outcomeOf(first, campaignId, user)).body['outcome'])

  const rows = await books.drained(campaignId, 20)
  expect(rows.map(({ userId }) => userId).sort()).toEqual([...users].sort())
  expect(rows.map(({ rank }) => rank)).toEqual(users.map((_, index) => index + 1))
  await until('the outbox is empty', async () => (await books.gate(campaignId)).outbox === 0)
  for (const user of users) {
    const again = await press(first, campaignId, user)
    const row = rows.find(({ userId }) => userId === user)
    expect([again.status, again.body['id'], again.body['rank']]).toEqual([200, row?.couponId, row?.rank])
  }
})
