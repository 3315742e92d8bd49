import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { gateKey } from '../../coupon/gate/keys.ts'
import { idBytes } from '../../coupon/ledger/ids.ts'
import { connectDatabase, type Database } from '../../platform/mysql/database.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { openEvents } from '../harness/processes/event-stream.ts'
import {
  ask,
  createTestCampaign,
  listOf,
  newUser,
  operatorToken,
  outcomeOf,
  press,
} from '../harness/processes/http-client.ts'
import { openRedis } from '../harness/values/armed-gate.ts'
import { openStoredFacts } from '../harness/values/stored-facts.ts'
import { until } from '../harness/values/until.ts'

const [first, second] = inject('apiUrls')
const environment = inject('environment')
const longAgoMs = Date.parse('2020-01-02T00:00:00Z')
const stored = openStoredFacts()
let redis: RedisClient
let database: Database
beforeAll(async () => {
  redis = await openRedis(environment['REDIS_URL'] ?? '')
  database = connectDatabase({
    url: environment['DATABASE_URL'] ?? '',
    connectionsMax: 1,
    queryTimeoutMs: 5_000,
  })
})
afterAll(async () => {
  redis.close()
  await Promise.all([database.close(), stored.close()])
})

/** Lets gate and ledger say that it closed years ago. */
const letItBeOver = async (campaignId: string): Promise<void> => {
  const key = gateKey(campaignId)
  const document = JSON.parse(String(await redis.command('HGET', key, 'document'))) as object
  const closed = JSON.stringify({ ...document, closesAtMs: longAgoMs })
  await redis.command('HSET', key, 'closesAtMs', longAgoMs, 'document', closed)
  await database.transaction(async (connection) => ({
    commit: true,
    result: await connection.change('UPDATE campaigns SET closes_at_ms = ? WHERE campaign_id = ?', [
      longAgoMs,
      idBytes(campaignId),
    ]),
  }))
}

describe('a retired campaign', () => {
  test('a worker retires the gate of a campaign that ended: everything but the gate is as before', async () => {
    const campaignId = await createTestCampaign(first, { stock: 5 })
    const [winner, stranger] = [newUser(), newUser()]
    const won = await press(first, campaignId, winner)
    await press(second, campaignId, newUser())
    await stored.drained(campaignId, 2)
    await letItBeOver(campaignId)
    await until('its gate is gone', async () => (await redis.command('EXISTS', gateKey(campaignId))) === 0)

    for (const url of [first, second]) {
      for (const userId of [winner, stranger])
        await until('it is closed', async () => {
          const { status, body } = await press(url, campaignId, userId)
          // Until the process has read the list again.
          expect(['recovering', 'closed']).toContain(body['code'])
          return status === 409
        })
      expect((await outcomeOf(url, campaignId, winner)).body).toEqual({
        outcome: 'granted',
        coupons: [won.body],
      })
      expect((await outcomeOf(url, campaignId, stranger)).body).toEqual({ outcome: 'none', coupons: [] })
      expect((await listOf(url, winner)).body['items']).toEqual([won.body])
      const seen = await ask(`${url}/v1/campaigns/${campaignId}`)
      expect([seen.status, seen.body]).toEqual([
        200,
        expect.objectContaining({ id: campaignId, state: 'closed', stock: 5, remaining: 3 }),
      ])
      const stream = await openEvents(`${url}/v1/campaigns/${campaignId}/events`)
      expect([await stream.ended, stream.events]).toMatchObject([
        'whole',
        [{ event: 'closed', data: { state: 'closed', stock: 5, remaining: 3 } }],
      ])
      const path = `${url}/v1/admin/campaigns/${campaignId}`
      const operators = await ask(path, { token: operatorToken() })
      expect(operators.body).toMatchObject({ state: 'closed', granted: 2, remaining: 3, recovery: null })
      const audit = await ask(`${path}/audit`, { token: operatorToken() })
      expect(audit.body).toMatchObject({ verdict: 'pass', books: { rows: 2, winners: 0 } })
    }
    expect(await redis.command('KEYS', `fc:{${campaignId}}*`)).toEqual([])
  })
})
