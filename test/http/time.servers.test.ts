import { expect, inject, test } from 'vitest'
import { ask, createTestCampaign } from '../harness/processes/http-client.ts'

const apiUrls = inject('apiUrls')

test.each(apiUrls)(
  'the time of %s is that of the campaigns, for anyone, and no cache keeps it',
  async (url) => {
    const campaignId = await createTestCampaign(url)
    const serverTimeMs = async (): Promise<number> =>
      Date.parse(String((await ask(`${url}/v1/campaigns/${campaignId}`)).body['serverTime']))
    const before = await serverTimeMs()
    const { status, headers, body } = await ask(`${url}/v1/time`)
    const after = await serverTimeMs()
    expect([status, headers.get('cache-control'), Object.keys(body)]).toEqual([200, 'no-store', ['nowMs']])
    const nowMs = Number(body['nowMs'])
    // Each poll estimates the clock anew.
    const toleranceMs = 1_000
    expect(Number.isInteger(nowMs)).toBe(true)
    expect(nowMs).toBeGreaterThan(before - toleranceMs)
    expect(nowMs).toBeLessThan(after + toleranceMs)
  },
)
