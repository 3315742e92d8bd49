import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import { plannedPreflightShape } from '../../api/contract/preflight-shape.ts'
import { type ApiAnswer, ask, newUser, operatorToken, tokenOf } from '../harness/processes/http-client.ts'
import { namedTokens } from '../harness/values/named-tokens.ts'

const [first, second] = inject('apiUrls')
const hourMs = 3_600_000

const inHours = (hours: number): string => new Date(Date.now() + hours * hourMs).toISOString()
const planned = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...{ name: 'Planned', stock: 10_000, opensAt: inHours(2), closesAt: inHours(3), timeZone: 'Asia/Seoul' },
  coupon: {
    ...{ title: 'Off', discount: { kind: 'amount', value: 5_000, currency: 'KRW' } },
    usableUntil: inHours(9),
  },
  ...changes,
})
const preflight = (
  json: unknown,
  { url = first, token = operatorToken(), language = 'en', path = 'preflight' } = {},
): Promise<ApiAnswer> =>
  ask(`${url}/v1/admin/${path}`, {
    ...{ method: 'POST', token, json, headers: { 'accept-language': language } },
  })
const pointersOf = ({ body }: ApiAnswer): string[] =>
  ((body['errors'] ?? []) as { pointer: string }[]).map(({ pointer }) => pointer)

describe('a preflight of a campaign that does not exist', () => {
  test('says what it would do, on every process, and creates nothing', async () => {
    const name = `Planned ${randomUUID()}`
    for (const url of [first, second]) {
      const eligibility = [{ claim: 'tier', anyOf: ['gold'] }]
      const { status, headers, body } = await preflight(planned({ name, eligibility }), { url })
      expect([status, headers.get('content-language'), headers.get('cache-control')]).toEqual([
        ...[200, 'en', 'no-store'],
      ])
      expect(plannedPreflightShape.strict().parse(body)).toEqual(body)
      expect(body).toMatchObject({
        ...{ doubts: [], who: { eligibility, perUserLimit: 1 } },
        money: { kind: 'amount', currency: 'KRW', coupons: 10_000, total: '50000000' },
        times: { timeZone: 'Asia/Seoul', opensAt: { local: expect.stringMatching(/\+09:00$/) } },
      })
    }
    const list = await ask(`${first}/v1/admin/campaigns?text=${name}`, { token: operatorToken() })
    expect(list.body['items']).toEqual([])
  })

  test('doubts what a campaign of these terms would have doubts about, in Korean too', async () => {
    const { body } = await preflight(planned({ opensAt: inHours(-1), stock: 2, perUserLimit: 2 }), {
      language: 'ko',
    })
    expect((body['doubts'] as { code: string }[]).map(({ code }) => code)).toEqual([
      ...['opens-in-the-past', 'one-user-takes-all'],
    ])
    expect((body['words'] as string[]).join(' ')).toMatch(/쿠폰 2장/)
  })

  test('may be asked for by a viewer, and by nobody who is not an operator', async () => {
    expect((await preflight(planned(), { token: namedTokens.viewer })).status).toBe(200)
    expect((await preflight(planned(), { token: namedTokens.orders })).status).toBe(403)
    expect((await preflight(planned(), { token: tokenOf(newUser()) })).status).toBe(401)
  })

  test.each<[string, Record<string, unknown>, string[]]>([
    ['has no name', { name: ' ' }, ['/name']],
    ['has a field that nobody knows', { colour: 'red' }, ['/colour']],
    ['closes before it opens', { closesAt: inHours(1) }, ['/closesAt']],
    ['has closed', { opensAt: inHours(-3), closesAt: inHours(-2) }, ['/closesAt']],
    ['outlives its coupons', { closesAt: inHours(10) }, ['/coupon/usableUntil']],
    [
      'has six rules',
      { eligibility: Array.from({ length: 6 }, (_, index) => ({ claim: `c${index}`, anyOf: ['x'] })) },
      ['/eligibility'],
    ],
  ])('is refused as its creation is when it %s', async (_, changes, pointers) => {
    const asked = await preflight(planned(changes))
    expect([asked.status, pointersOf(asked)]).toEqual([422, pointers])
    const created = await preflight(planned(changes), { path: 'campaigns' })
    expect([created.status, created.body['errors']]).toEqual([422, asked.body['errors']])
  })

  test('takes a body of JSON alone', async () => {
    const { status } = await ask(`${first}/v1/admin/preflight`, {
      ...{ method: 'POST', token: operatorToken(), body: 'name=Planned' },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(status).toBe(415)
    expect((await preflight(planned({ name: 'x'.repeat(9_000) }))).status).toBe(413)
  })
})
