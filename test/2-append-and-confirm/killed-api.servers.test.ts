import { isDeepStrictEqual } from 'node:util'
import { afterAll, afterEach, describe, expect, inject, test } from 'vitest'
import { createTestCampaign, newUser, outcomeOf, press } from '../harness/processes/http-client.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'
import { openStoredFacts } from '../harness/values/stored-facts.ts'
import { until } from '../harness/values/until.ts'

const [first] = inject('apiUrls')
const stored = openStoredFacts()
let api: Running | undefined
afterEach(() => api?.kill())
afterAll(() => stored.close())

/** It reaches no Kafka: it decides and never appends. */
const startCutOff = async (publishDeadlineMs: number): Promise<Running> => {
  const environment = { ...inject('environment'), KAFKA_BROKERS: '127.0.0.1:1' }
  return (api = await startPart(
    'api',
    { ...environment, PUBLISH_DEADLINE_MS: String(publishDeadlineMs) },
    { folder: inject('folder'), waitFor: 'live' },
  ))
}

describe('a grant survives its API process', () => {
  test('an API process killed between decide and append loses nothing', async () => {
    const campaignId = await createTestCampaign(first, { stock: 30 })
    // It waits for Kafka longer than it lives.
    const { url, kill, exited } = await startCutOff(60_000)
    const users = Array.from({ length: 20 }, newUser)
    const presses = users.map((user) => press(url, campaignId, user).catch(() => undefined))
    await until('the gate has granted them', async () => (await stored.gate(campaignId)).granted === 20)
    kill()
    await exited
    // A breaker that had opened told some of them "pending"; nobody was told yes.
    for (const answer of await Promise.all(presses)) expect([undefined, 202]).toContain(answer?.status)
    for (const user of users)
      expect(['confirming', 'granted']).toContain((await outcomeOf(first, campaignId, user)).body['outcome'])

    const rows = await stored.drained(campaignId, 20)
    expect(rows.map(({ userId }) => userId).sort()).toEqual([...users].sort())
    expect(rows.map(({ rank }) => rank)).toEqual(users.map((_, index) => index + 1))
    await until('the outbox is empty', async () => (await stored.gate(campaignId)).outbox === 0)
    for (const user of users) {
      const again = await press(first, campaignId, user)
      const row = rows.find(({ userId }) => userId === user)
      expect([again.status, again.body['id'], again.body['rank']]).toEqual([200, row?.couponId, row?.rank])
    }
  })

  test('a grant that the log does not confirm in time is 202 with a Location, and becomes that coupon', async () => {
    const [campaignId, winner] = [await createTestCampaign(first, { stock: 3 }), newUser()]
    const { url } = await startCutOff(100)
    const { status, headers, body } = await press(url, campaignId, winner)
    expect([status, body['state'], body['rank']]).toEqual([202, 'confirming', 1])
    expect(headers.get('location')).toBe(`/v1/campaigns/${campaignId}/coupons/mine`)
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    const confirmed = { ...body, state: 'usable' }
    await until('it is confirmed', async () => {
      const outcome = await outcomeOf(url, campaignId, winner)
      return isDeepStrictEqual(outcome.body, { outcome: 'granted', coupons: [confirmed] })
    })
    for (const process of [url, first]) {
      const again = await press(process, campaignId, winner)
      expect([again.status, again.body]).toEqual([200, confirmed])
    }
  })
})
