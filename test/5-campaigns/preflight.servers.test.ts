import { describe, expect, inject, test } from 'vitest'
import { preflightShape } from '../../api/contract/preflight-shape.ts'
import {
  type ApiAnswer,
  ask,
  changeCampaign,
  createTestCampaign,
  operatorToken,
} from '../harness/processes/http-client.ts'
import { until } from '../harness/values/until.ts'

const [first, second] = inject('apiUrls')
const hourMs = 3_600_000

const preflight = (campaignId: string, { url = first, language = 'en' } = {}): Promise<ApiAnswer> =>
  ask(`${url}/v1/admin/campaigns/${campaignId}/preflight`, {
    ...{ token: operatorToken(), headers: { 'accept-language': language } },
  })
const inHours = (hours: number): string => new Date(Date.now() + hours * hourMs).toISOString()
const createScheduled = (changes: Record<string, unknown> = {}): Promise<string> =>
  createTestCampaign(first, {
    ...{ stock: 10_000, opensAt: inHours(2), closesAt: inHours(3), timeZone: 'Asia/Seoul' },
    coupon: {
      ...{ title: 'Off', discount: { kind: 'amount', value: 5_000, currency: 'KRW' } },
      usableUntil: inHours(9),
    },
    ...changes,
  })
const codesOf = ({ body }: ApiAnswer): string[] =>
  (body['doubts'] as { code: string }[]).map(({ code }) => code)

describe('a preflight', () => {
  test('says how much, who, when and how the servers are, as its schema says', async () => {
    const eligibility = [{ claim: 'tier', anyOf: ['gold'] }]
    const campaignId = await createScheduled({ eligibility })
    const { status, headers, body } = await preflight(campaignId)
    expect([status, headers.get('content-language'), headers.get('vary')]).toEqual([
      200,
      'en',
      'Accept-Language',
    ])
    expect(preflightShape.parse(body)).toEqual(body)
    expect(body).toMatchObject({
      ...{ campaignId, version: 1, doubts: [], who: { eligibility, perUserLimit: 1 } },
      money: { kind: 'amount', currency: 'KRW', coupons: 10_000, total: '50000000' },
      times: { timeZone: 'Asia/Seoul', opensAt: { local: expect.stringMatching(/\+09:00$/) } },
    })
    expect(body['words']).toContainEqual(expect.stringContaining('tier: gold'))
  })

  test('has what the doctor finds of all servers, on every process', async () => {
    const campaignId = await createScheduled()
    for (const url of [first, second]) {
      const { body } = await until(`${url} has examined the servers`, async () => {
        const answer = await preflight(campaignId, { url })
        return answer.body['servers'] !== null && answer
      })
      const { unread, findings } = body['servers'] as { unread: string[]; findings: { place: string }[] }
      expect(unread).toEqual([])
      // One broker without replicas, as tests have it, is no server for promises.
      expect(findings.map(({ place }) => place)).toContain('Kafka')
      expect(body['verdict']).not.toBe('ok')
    }
  })

  test('speaks Korean to who reads Korean', async () => {
    const campaignId = await createScheduled()
    const { headers, body } = await preflight(campaignId, { language: 'ko-KR,ko;q=0.9,en;q=0.8' })
    expect(headers.get('content-language')).toBe('ko')
    expect((body['words'] as string[]).join(' ')).toMatch(/쿠폰 10,000장/)
  })

  test('doubts what contradicts itself', async () => {
    expect(codesOf(await preflight(await createTestCampaign(first, { stock: 3, perUserLimit: 3 })))).toEqual([
      ...['opens-in-the-past', 'one-user-takes-all'],
    ])
    const campaignId = await createScheduled()
    await changeCampaign(first, campaignId, 'close')
    const closed = await preflight(campaignId)
    expect([codesOf(closed), closed.body['verdict']]).toEqual([['already-closed'], 'failed'])
  })

  test('of a campaign that nobody knows is 404, and without a credential 401', async () => {
    const nobody = '01900000-0000-7000-8000-000000000000'
    expect((await preflight(nobody)).status).toBe(404)
    expect((await ask(`${first}/v1/admin/campaigns/${nobody}/preflight`)).status).toBe(401)
  })
})
