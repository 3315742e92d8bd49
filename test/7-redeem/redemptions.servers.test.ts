import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { idBytes } from '../../coupon/ledger/ids.ts'
import { createRedemptionRepository } from '../../coupon/ledger/redemptions.ts'
import { connectDatabase, type Database } from '../../platform/mysql/database.ts'
import {
  type ApiAnswer,
  ask,
  createTestCampaign,
  newUser,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'
import { namedTokens } from '../harness/values/named-tokens.ts'

const [first, second] = inject('apiUrls')
let database: Database
beforeAll(() => {
  const url = inject('environment')['DATABASE_URL'] ?? ''
  database = connectDatabase({ url, connectionsMax: 2, queryTimeoutMs: 30_000 })
})
afterAll(() => database.close())

const newOrder = (): string => `order-${randomUUID()}`
const orders = (): string => namedTokens.orders
type Won = { userId: string; couponId: string; campaignId: string; token: string }

const winOne = async (changes: Record<string, unknown> = {}): Promise<Won> => {
  const campaignId = await createTestCampaign(first, changes)
  const userId = newUser()
  const { status, body } = await press(first, campaignId, userId)
  expect(status).toBe(201)
  return { userId, couponId: String(body['id']), campaignId, token: tokenOf(userId) }
}
const redemption =
  (method: 'PUT' | 'DELETE') =>
  (couponId: string, orderId: string, token: string, url = first): Promise<ApiAnswer> =>
    ask(`${url}/v1/coupons/${couponId}/redemptions/${orderId}`, { method, token })
const redeem = redemption('PUT')
const giveBack = redemption('DELETE')
const told = ({ status, body }: ApiAnswer): unknown[] => [status, body['code']]
/** What the ledger says was done to a coupon. */
const historyOf = async ({ couponId }: Won) => {
  const repository = createRedemptionRepository(database)
  const coupon = await repository.find(couponId)
  if (coupon === undefined) throw new Error('it has no row')
  return (await repository.history(coupon)).map(({ number, action, as, by, orderId }) => [
    ...[number, action, as, by, orderId],
  ])
}

describe('redeeming a coupon for an order', () => {
  test('is 201, and the same again on either process is 200 with the same redemption', async () => {
    const won = await winOne()
    const orderId = newOrder()
    const made = await redeem(won.couponId, orderId, won.token)
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      ...{ orderId, couponId: won.couponId, userId: won.userId, campaignId: won.campaignId },
      discount: { kind: expect.any(String) },
    })
    expect(Math.abs(Date.parse(String(made.body['redeemedAt'])) - Date.now())).toBeLessThan(60_000)
    expect(made.headers.get('cache-control')).toBe('no-store')
    for (const url of [first, second])
      for (const token of [won.token, orders()]) {
        const again = await redeem(won.couponId, orderId, token, url)
        expect([again.status, again.body]).toEqual([200, made.body])
      }
  })

  test('of 20 orders at once on two processes one wins, and the others are 409', async () => {
    const won = await winOne()
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const orderId = newOrder()
        const [url, token] = [index % 2 === 0 ? first : second, index % 4 < 2 ? won.token : orders()]
        return {
          orderId,
          isOrders: token !== won.token,
          ...(await redeem(won.couponId, orderId, token, url)),
        }
      }),
    )
    const [winner, ...others] = answers.filter(({ status }) => status === 201)
    expect(others).toEqual([])
    for (const { status, body, isOrders } of answers) {
      if (status === 201) continue
      expect([status, body['code']]).toEqual([409, 'already-redeemed'])
      // Which order it is, is told to order services alone.
      expect(body['orderId']).toBe(isOrders ? winner?.orderId : undefined)
    }
    expect(await historyOf(won)).toHaveLength(1)
  })

  test('ends when it is given back: the coupon is then good for another order', async () => {
    const won = await winOne()
    const [cancelled, kept] = [newOrder(), newOrder()]
    await redeem(won.couponId, cancelled, won.token)
    expect(told(await giveBack(won.couponId, kept, won.token))).toEqual([204, undefined])
    expect(told(await redeem(won.couponId, kept, won.token))).toEqual([409, 'already-redeemed'])
    for (const url of [first, second, first])
      expect(told(await giveBack(won.couponId, cancelled, won.token, url))).toEqual([204, undefined])
    expect((await redeem(won.couponId, kept, won.token, second)).status).toBe(201)
    expect(await historyOf(won)).toEqual([
      [1, 'redeemed', 'shopper', won.userId, cancelled],
      [2, 'given-back', 'shopper', won.userId, cancelled],
      [3, 'redeemed', 'shopper', won.userId, kept],
    ])
  })

  test('by an order service cannot be given back by the shopper, also when the shopper began', async () => {
    const won = await winOne()
    const orderId = newOrder()
    const mine = await redeem(won.couponId, orderId, won.token)
    const theirs = await redeem(won.couponId, orderId, orders(), second)
    expect([theirs.status, theirs.body]).toEqual([200, mine.body])
    expect(told(await giveBack(won.couponId, orderId, won.token))).toEqual([409, 'redeemed-by-shop'])
    expect(told(await redeem(won.couponId, newOrder(), won.token))).toEqual([409, 'already-redeemed'])
    expect(told(await giveBack(won.couponId, orderId, orders()))).toEqual([204, undefined])
    expect(await historyOf(won)).toEqual([
      [1, 'redeemed', 'shopper', won.userId, orderId],
      [2, 'redeemed', 'orders', 'orders@test', orderId],
      [3, 'given-back', 'orders', 'orders@test', orderId],
    ])
  })

  test("another's coupon is 404, and so is one that never was", async () => {
    const won = await winOne()
    const orderId = newOrder()
    const stranger = tokenOf(newUser())
    for (const couponId of [won.couponId, randomUUIDv7(), 'x'])
      for (const call of [redeem, giveBack])
        expect(told(await call(couponId, orderId, stranger))).toEqual([404, 'unknown-coupon'])
    await redeem(won.couponId, orderId, won.token)
    expect(told(await giveBack(won.couponId, orderId, stranger))).toEqual([404, 'unknown-coupon'])
    expect(told(await redeem(won.couponId, orderId, won.token))).toEqual([200, undefined])
  })

  test.each(['x'.repeat(65), 'a.b', 'a%20b', 'a%2Fb', '%EA%B0%80', "a'b", 'a:b'])(
    'an order id of another form is 422 at /orderId: %s',
    async (orderId) => {
      const won = await winOne()
      for (const token of [won.token, orders()]) {
        const answer = await redeem(won.couponId, orderId, token)
        // Escapes of letters are refused before a route.
        if (answer.status === 400) continue
        expect(told(answer)).toEqual([422, 'invalid'])
        expect(answer.body['errors']).toMatchObject([{ pointer: '/orderId' }])
      }
    },
  )

  test.each([undefined, 'nonsense', 'a.b.c'])('is 401 with this credential: %s', async (token) => {
    const { couponId } = await winOne()
    const url = `${first}/v1/coupons/${couponId}/redemptions/${newOrder()}`
    for (const method of ['PUT', 'DELETE'])
      expect(told(await ask(url, { method, ...(token === undefined ? {} : { token }) }))).toEqual([
        ...[401, 'unauthorized'],
      ])
  })
})

describe('a coupon that cannot be used', () => {
  const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString()

  test('before its time is 409 not-usable-yet with usableFrom, and stays so for its time', async () => {
    const usableFrom = inHours(48)
    const { couponId, token } = await winOne({
      coupon: {
        title: 'Later',
        discount: { kind: 'percent', value: 10 },
        ...{ usableFrom, usableUntil: inHours(72) },
      },
    })
    const answer = await redeem(couponId, newOrder(), token)
    expect([...told(answer), answer.body['usableFrom']]).toEqual([409, 'not-usable-yet', usableFrom])
  })

  test('after its time by the clock of the ledger is 409 expired; the order that has it still has it', async () => {
    const won = await winOne()
    const other = await winOne()
    const orderId = newOrder()
    const made = await redeem(won.couponId, orderId, won.token)
    for (const { campaignId } of [won, other])
      await database.change(
        'UPDATE campaigns SET usable_until_ms = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) WHERE campaign_id = ?',
        [idBytes(campaignId)],
      )
    expect(told(await redeem(other.couponId, newOrder(), other.token))).toEqual([409, 'expired'])
    const again = await redeem(won.couponId, orderId, won.token)
    expect([again.status, again.body]).toEqual([200, made.body])
    expect(told(await giveBack(won.couponId, orderId, won.token))).toEqual([204, undefined])
    expect(told(await redeem(won.couponId, orderId, won.token))).toEqual([409, 'expired'])
  })

  test('because it is revoked is 409 revoked, also after it was given back', async () => {
    const won = await winOne()
    const orderId = newOrder()
    await redeem(won.couponId, orderId, won.token)
    const changer = { by: 'somebody', as: 'operator', from: '::1' } as const
    await createRedemptionRepository(database).revoke(won.couponId, changer, 'fraud')
    expect((await redeem(won.couponId, orderId, won.token)).status).toBe(200)
    expect(told(await redeem(won.couponId, newOrder(), orders()))).toEqual([409, 'revoked'])
    await giveBack(won.couponId, orderId, won.token)
    expect(told(await redeem(won.couponId, orderId, won.token))).toEqual([409, 'revoked'])
  })

  test('because it is revoked is 409 to a shop whose order the shopper wrote on it before', async () => {
    const [parked, paid] = [await winOne(), await winOne()]
    const orderId = newOrder()
    for (const { couponId, token } of [parked, paid]) await redeem(couponId, orderId, token)
    expect((await redeem(paid.couponId, orderId, orders())).status).toBe(200)
    const changer = { by: 'somebody', as: 'operator', from: '::1' } as const
    for (const { couponId } of [parked, paid])
      await createRedemptionRepository(database).revoke(couponId, changer, 'stolen')
    for (const url of [first, second])
      expect(told(await redeem(parked.couponId, orderId, orders(), url))).toEqual([409, 'revoked'])
    // What the shop has, it keeps: the same request again is safe.
    expect((await redeem(paid.couponId, orderId, orders(), second)).status).toBe(200)
  })
})
