import { afterAll, describe, expect, inject, test } from 'vitest'
import { createProxy } from '../../servers/network/proxy.ts'
import { scrape } from '../harness/metrics/metric-text.ts'
import {
  type ApiAnswer,
  ask,
  createTestCampaign,
  newUser,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'
import { openConnection } from '../harness/processes/raw-connection.ts'
import { startPart } from '../harness/processes/start-part.ts'
import { couponIn, openStoredFacts } from '../harness/values/stored-facts.ts'
import { until } from '../harness/values/until.ts'

const [first] = inject('apiUrls')
const stored = openStoredFacts()
afterAll(stored.close)

const byRank = (answers: readonly ApiAnswer[]) =>
  answers.map(couponIn).sort((left, right) => left.rank - right.rank)

describe('a full process refuses early and takes no stock', () => {
  test('past its queue bound a process refuses at once; pressing again wins', async () => {
    const api = await startPart(
      'api',
      { ...inject('environment'), ISSUE_QUEUE_MAX: '5' },
      { folder: inject('folder'), waitFor: 'ready' },
    )
    try {
      const campaignId = await createTestCampaign(first, { stock: 200 })
      let waiting = Array.from({ length: 200 }, newUser)
      const won: ApiAnswer[] = []
      let refusals = 0
      while (waiting.length > 0) {
        const answers = await Promise.all(waiting.map((userId) => press(api.url, campaignId, userId)))
        const refused = answers.filter(({ status }) => status === 503)
        for (const { headers, body } of refused) {
          expect(body['code']).toBe('overloaded')
          expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
        }
        won.push(...answers.filter(({ status }) => status === 201))
        expect(refused.length + won.length).toBe(200)
        expect(await stored.gate(campaignId)).toMatchObject({ granted: won.length, winners: won.length })
        waiting = waiting.filter((_, index) => answers[index]?.status === 503)
        refusals += refused.length
      }
      expect(refusals).toBeGreaterThan(0)
      expect(byRank(won).map(({ rank }) => rank)).toEqual(won.map((_, index) => index + 1))
      expect(await stored.drained(campaignId, 200)).toEqual(byRank(won))
    } finally {
      await api.stop()
    }
  })

  test('it refuses before it checks credentials, and never asks the gate for callers who left', async () => {
    const redis = new URL(inject('environment')['REDIS_URL'] ?? '')
    const proxy = await createProxy({ host: redis.hostname, port: Number(redis.port) })
    const settings = {
      REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
      ...{ GATE_TIMEOUT_MS: '20000', ISSUE_QUEUE_MAX: '3' },
    }
    const api = await startPart(
      'api',
      { ...inject('environment'), ...settings },
      { folder: inject('folder'), waitFor: 'ready' },
    )
    const nobody = (campaignId: string): Promise<ApiAnswer> =>
      ask(`${api.url}/v1/campaigns/${campaignId}/coupons`, { method: 'POST' })
    const counted = async (name: string, labels: Record<string, string> = {}) =>
      (await scrape(api.metricsUrl)).value(name, labels)
    try {
      const campaignId = await createTestCampaign(api.url, { stock: 10 })
      expect((await nobody(campaignId)).status).toBe(401)
      const [deciding, leaving, staying] = [newUser(), newUser(), newUser()]
      proxy.hold('answers')
      const decided = press(api.url, campaignId, deciding)
      await until('the gate has granted one', async () => (await stored.gate(campaignId)).granted === 1)
      const left = await openConnection(api.url)
      left.send(
        `POST /v1/campaigns/${campaignId}/coupons HTTP/1.1\r\nhost: api\r\nauthorization: Bearer ${tokenOf(leaving)}\r\n\r\n`,
      )
      const waited = press(api.url, campaignId, staying)
      await until('three wait', async () => (await counted('firstcome_issue_queue_size')) === 3)
      expect(await nobody(campaignId)).toMatchObject({ status: 503, body: { code: 'overloaded' } })
      const open = (await counted('firstcome_http_connections')) ?? 0
      left.end()
      await until(
        'it has heard of it',
        async () => ((await counted('firstcome_http_connections')) ?? open) < open,
      )
      proxy.release()
      expect([(await decided).status, (await waited).status]).toEqual([201, 201])
      expect(await stored.gate(campaignId)).toMatchObject({ granted: 2, winners: 2 })
      expect((await stored.drained(campaignId, 2)).map(({ userId }) => userId)).toEqual([deciding, staying])
      expect(await counted('firstcome_issue_outcomes_total', { outcome: 'left' })).toBe(1)
      // A user who comes back is served like everybody else.
      expect(await press(api.url, campaignId, leaving)).toMatchObject({ status: 201, body: { rank: 3 } })
    } finally {
      await api.stop()
      await proxy.close()
    }
  })
})
