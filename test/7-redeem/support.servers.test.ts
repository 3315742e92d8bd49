import { randomUUIDv7 } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import {
  type ApiAnswer,
  ask,
  createTestCampaign,
  listOf,
  newUser,
  operatorToken,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'
import { namedTokens } from '../harness/values/named-tokens.ts'

const [first, second] = inject('apiUrls')

const asOperator = (path: string, request: { method?: string; json?: unknown } = {}, url = first) =>
  ask(`${url}/v1/admin/${path}`, { token: operatorToken(), ...request })
const revoke = (couponId: string, json: unknown, url = first): Promise<ApiAnswer> =>
  asOperator(`coupons/${couponId}/revocation`, { method: 'POST', json }, url)
const winOne = async (userId = newUser()) => {
  const campaignId = await createTestCampaign(first)
  const { status, body } = await press(first, campaignId, userId)
  expect(status).toBe(201)
  return { userId, campaignId, coupon: body, couponId: String(body['id']), token: tokenOf(userId) }
}
const codeOf = ({ status, body }: ApiAnswer): unknown[] => [status, body['code']]

describe('support', () => {
  test('sees every coupon of a shopper by pages, whatever became of them', async () => {
    const userId = `${newUser()}@example.org`
    const [older, newer] = [await winOne(userId), await winOne(userId)]
    expect((await revoke(older.couponId, { reason: 'why' })).status).toBe(200)
    const path = `users/${encodeURIComponent(userId)}/coupons`
    const page = await asOperator(`${path}?limit=1`)
    expect(page.body).toMatchObject({ items: [newer.coupon], complete: true })
    const next = await asOperator(`${path}?limit=1&cursor=${String(page.body['nextCursor'])}`, {}, second)
    expect(next.body).toEqual({
      ...{ items: [{ ...older.coupon, state: 'revoked' }], nextCursor: null, complete: true },
    })
    expect((await asOperator(`${path}?state=usable`)).body['items']).toEqual([newer.coupon])
    expect((await asOperator(`users/${newUser()}/coupons`)).body['items']).toEqual([])
  })

  test.each(['x'.repeat(65), 'a%20b', '%EA%B0%80'])(
    'a user id of another form is 422: %s',
    async (userId) => {
      const answer = await asOperator(`users/${userId}/coupons`)
      expect([answer.status, answer.body['errors']]).toMatchObject([422, [{ pointer: '/userId' }]])
    },
  )

  test('sees a coupon with who did what to it, when, from where, for which order and why', async () => {
    const { couponId, coupon, userId, token } = await winOne()
    const order = `${first}/v1/coupons/${couponId}/redemptions/order-1`
    await ask(order, { method: 'PUT', token })
    await ask(order, { method: 'DELETE', token })
    const redeemed = await ask(order, { method: 'PUT', token: namedTokens.orders })
    const answer = await revoke(couponId, { reason: '도난 신고 =1+1' })
    expect(answer.status).toBe(200)
    const done = { at: expect.stringMatching(/^\d{4}-.*Z$/), from: expect.stringMatching(/127\.0\.0\.1|::/) }
    const byOwner = { ...done, by: userId, as: 'shopper', orderId: 'order-1', reason: null }
    expect(answer.body).toEqual({
      ...{ ...coupon, state: 'revoked' },
      redemption: { orderId: 'order-1', redeemedAt: redeemed.body['redeemedAt'], as: 'orders' },
      revokedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      history: [
        { number: 1, action: 'redeemed', ...byOwner },
        { number: 2, action: 'given-back', ...byOwner },
        {
          number: 3,
          action: 'redeemed',
          ...done,
          by: 'orders@test',
          as: 'orders',
          orderId: 'order-1',
          reason: null,
        },
        {
          number: 4,
          action: 'revoked',
          ...{ ...done, by: 'operator' },
          as: 'operator',
          orderId: null,
          reason: '도난 신고 =1+1',
        },
      ],
    })
    for (const url of [first, second])
      expect((await asOperator(`coupons/${couponId}`, {}, url)).body).toEqual(answer.body)
    // Once is enough: the first reason stays.
    const again = await revoke(couponId, { reason: 'again' }, second)
    expect([again.status, again.body]).toEqual([200, answer.body])
  })

  test('revokes for everybody at once: the very next list of its owner lacks it, and no order gets it', async () => {
    const { couponId, userId, token } = await winOne()
    expect((await revoke(couponId, { reason: 'why' })).status).toBe(200)
    for (const url of [first, second]) {
      expect((await listOf(url, userId)).body).toMatchObject({ items: [], complete: true })
      const order = `${url}/v1/coupons/${couponId}/redemptions/order`
      expect(codeOf(await ask(order, { method: 'PUT', token }))).toEqual([409, 'revoked'])
    }
  })

  test.each([
    {},
    { reason: '' },
    { reason: '   ' },
    { reason: 'x'.repeat(201) },
    { reason: 1 },
    { reason: 'x', x: 1 },
  ])('a revocation without a good reason is 422, and revokes nothing: %j', async (body) => {
    const { couponId } = await winOne()
    expect(codeOf(await revoke(couponId, body))).toEqual([422, 'invalid'])
    expect((await asOperator(`coupons/${couponId}`)).body).toMatchObject({ state: 'usable', history: [] })
  })

  test('a coupon that never was is not found, and a shopper is no support', async () => {
    const { couponId, userId, token } = await winOne()
    for (const id of [randomUUIDv7(), 'x']) {
      const [read, revoked] = [await asOperator(`coupons/${id}`), await revoke(id, { reason: 'why' })]
      // While other tests win coupons, nobody knows whether it is one of those.
      for (const answer of [read, revoked])
        expect(['unknown-coupon', ...(id === 'x' ? [] : ['not-recorded-yet'])]).toContain(answer.body['code'])
    }
    for (const path of [`coupons/${couponId}`, `users/${userId}/coupons`])
      expect(codeOf(await ask(`${first}/v1/admin/${path}`, { token }))).toEqual([401, 'unauthorized'])
    const url = `${first}/v1/admin/coupons/${couponId}/revocation`
    expect(codeOf(await ask(url, { method: 'POST', token, json: { reason: 'why' } }))).toEqual([
      ...[401, 'unauthorized'],
    ])
  })
})
