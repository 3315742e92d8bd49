import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createRedemptionRepository } from '../../coupon/ledger/redemptions.ts'
import { connectDatabase, type Database } from '../../platform/mysql/database.ts'
import {
  type ApiAnswer,
  ask,
  createTestCampaign,
  listOf,
  newUser,
  outcomeOf,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'

const [first, second] = inject('apiUrls')
let database: Database
beforeAll(() => {
  const url = inject('environment')['DATABASE_URL'] ?? ''
  database = connectDatabase({ url, connectionsMax: 2, queryTimeoutMs: 30_000 })
})
afterAll(() => database.close())

const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString()
const itemsOf = ({ body }: ApiAnswer) => body['items'] as { id: string; state: string }[]
const idsOf = (answer: ApiAnswer): string[] => itemsOf(answer).map(({ id }) => id)
const redeem = (userId: string, couponId: string) =>
  ask(`${first}/v1/coupons/${couponId}/redemptions/order`, { method: 'PUT', token: tokenOf(userId) })

/** A user with coupons in several states, and one that is usable later; by state, in order of winning. */
const userWithEveryState = async () => {
  const userId = newUser()
  const winOne = async (changes = {}): Promise<{ id: string; campaignId: string }> => {
    const campaignId = await createTestCampaign(first, changes)
    const won = await press(first, campaignId, userId)
    expect(won.status).toBe(201)
    return { id: String(won.body['id']), campaignId }
  }
  const usable = await winOne()
  const redeemed = await winOne()
  const another = await winOne()
  const revoked = await winOne()
  const later = await winOne({
    coupon: {
      title: 'x',
      discount: { kind: 'percent', value: 1 },
      usableFrom: inHours(48),
      usableUntil: inHours(72),
    },
  })
  expect((await redeem(userId, redeemed.id)).status).toBe(201)
  // A revoked coupon is no redeemed one, though it was redeemed.
  expect((await redeem(userId, revoked.id)).status).toBe(201)
  const changer = { by: 'support', as: 'operator', from: '::1' } as const
  await createRedemptionRepository(database).revoke(revoked.id, changer, 'why')
  return { userId, usable, redeemed, another, revoked, later }
}

describe('lists by state', () => {
  test('each has its coupons, on either process: usable ones are those that can be used now', async () => {
    const { userId, usable, redeemed, another, revoked, later } = await userWithEveryState()
    for (const url of [first, second]) {
      const list = (state: string) => listOf(url, userId, `?state=${state}`)
      expect(idsOf(await listOf(url, userId))).toEqual([another.id, usable.id])
      expect(idsOf(await list('usable'))).toEqual([another.id, usable.id])
      expect(idsOf(await list('redeemed'))).toEqual([redeemed.id])
      expect(idsOf(await list('revoked'))).toEqual([revoked.id])
      expect(idsOf(await list('expired'))).toEqual([])
      const all = await list('all')
      expect(all.body['complete']).toBe(true)
      expect(itemsOf(all).map(({ id, state }) => [id, state])).toEqual([
        ...[
          [later.id, 'usable'],
          [revoked.id, 'revoked'],
          [another.id, 'usable'],
        ],
        ...[
          [redeemed.id, 'redeemed'],
          [usable.id, 'usable'],
        ],
      ])
    }
    for (const [{ id, campaignId }, state] of [
      [redeemed, 'redeemed'],
      [revoked, 'revoked'],
    ] as const) {
      const one = await ask(`${second}/v1/coupons/${id}`, { token: tokenOf(userId) })
      expect(one.body['state']).toBe(state)
      expect((await outcomeOf(second, campaignId, userId)).body).toMatchObject({
        ...{ outcome: 'granted', coupons: [one.body] },
      })
      // A press knows no redemptions.
      const again = await press(second, campaignId, userId)
      expect([again.status, again.body]).toEqual([200, { ...one.body, state: 'usable' }])
    }
  })

  test('a walk through all states by pages of any size shows every coupon once', async () => {
    const { userId, ...won } = await userWithEveryState()
    const expected = Object.values(won)
      .map(({ id }) => id)
      .sort()
      .reverse()
    for (const limit of [1, 2, 5, 6]) {
      const seen: string[] = []
      for (let cursor: unknown = ''; cursor !== null; ) {
        const query = `?state=all&limit=${limit}${cursor === '' ? '' : `&cursor=${String(cursor)}`}`
        const page = await listOf(seen.length % 2 === 0 ? first : second, userId, query)
        expect(itemsOf(page).length).toBeLessThanOrEqual(limit)
        seen.push(...idsOf(page))
        cursor = page.body['nextCursor']
      }
      expect(seen).toEqual(expected)
    }
  })

  test('a coupon that is given back is usable again on the very next list', async () => {
    const { userId, redeemed } = await userWithEveryState()
    const path = `/v1/coupons/${redeemed.id}/redemptions/order`
    await ask(`${first}${path}`, { method: 'DELETE', token: tokenOf(userId) })
    expect(idsOf(await listOf(second, userId))).toContain(redeemed.id)
    expect(idsOf(await listOf(second, userId, '?state=redeemed'))).toEqual([])
  })

  test('a list that has not changed is 304 for its tag, on either process, until it changes', async () => {
    const { userId, usable } = await userWithEveryState()
    const token = tokenOf(userId)
    const list = (url: string, tag: string) =>
      ask(`${url}/v1/coupons`, { token, headers: { 'if-none-match': tag } })
    const read = await listOf(first, userId)
    const tag = read.headers.get('etag') ?? ''
    expect(tag).toMatch(/^W\/"[\w-]+"$/)
    for (const url of [first, second]) {
      const same = await list(url, `"other", ${tag}`)
      expect([same.status, same.body]).toEqual([304, { text: '' }])
      for (const { headers } of [read, same])
        expect(['etag', 'cache-control', 'vary'].map((name) => headers.get(name))).toEqual([
          ...[tag, 'private, no-cache', 'Authorization, Origin'],
        ])
    }
    expect((await redeem(userId, usable.id)).status).toBe(201)
    const changed = await list(second, tag)
    expect([changed.status, changed.headers.get('etag') === tag]).toEqual([200, false])
    // The tag of somebody else's list matches only the same content.
    expect((await listOf(first, newUser())).headers.get('etag')).not.toBe(tag)
  })

  test.each(['', 'USABLE', 'confirming', 'usable,all', 'x', 'constructor'])(
    'another state is 422 at /state: "%s"',
    async (state) => {
      const answer = await listOf(first, newUser(), `?state=${state}`)
      expect([answer.status, answer.body['errors']]).toMatchObject([422, [{ pointer: '/state' }]])
    },
  )
})
