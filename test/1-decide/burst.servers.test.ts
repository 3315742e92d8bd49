import { afterAll, describe, expect, inject, test } from 'vitest'
import { createTestCampaign, listOf, newUser, outcomeOf, press } from '../harness/processes/http-client.ts'
import { couponIn, openStoredFacts } from '../harness/values/stored-facts.ts'
import { until } from '../harness/values/until.ts'

const [first, second] = inject('apiUrls')
const stored = openStoredFacts()
afterAll(stored.close)

const ranksTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)
const eitherOf = (index: number): string => (index % 2 === 0 ? first : second)

describe('a burst sells the stock exactly once', () => {
  test('2,000 shoppers, 100 coupons, two processes: ranks 1 to 100 once each, 1,900 sold out', async () => {
    const campaignId = await createTestCampaign(first, { stock: 100 })
    const users = Array.from({ length: 2_000 }, newUser)
    const answers = await Promise.all(
      users.map((userId, index) => press(eitherOf(index), campaignId, userId)),
    )

    const won = answers.filter(({ status }) => status === 201)
    const told = won.map(couponIn).sort((left, right) => left.rank - right.rank)
    expect(told.map(({ rank }) => rank)).toEqual(ranksTo(100))
    expect(new Set(told.map(({ couponId }) => couponId)).size).toBe(100)
    expect(won.map(({ body }) => body['userId'])).toEqual(
      users.filter((_, index) => answers[index]?.status === 201),
    )
    const lost = answers.filter(({ status }) => status !== 201)
    expect(new Set(lost.map(({ status, body }) => `${status} ${String(body['code'])}`))).toEqual(
      new Set(['409 sold-out']),
    )

    expect(await stored.drained(campaignId, 100)).toEqual(told)
    expect(await stored.gate(campaignId)).toEqual({
      granted: 100,
      nextRank: 101,
      grantsPending: 0,
      winners: 100,
      outbox: 0,
    })
  })

  test('a burst over many campaigns sells each to its last coupon and no further', async () => {
    const campaigns = await Promise.all(
      ranksTo(10).map((stock) => createTestCampaign(eitherOf(stock), { stock })),
    )
    const told = await Promise.all(
      campaigns.map(async (campaignId) => {
        const answers = await Promise.all(
          ranksTo(30).map((index) => press(eitherOf(index), campaignId, newUser())),
        )
        return answers.filter(({ status }) => status === 201).map(couponIn)
      }),
    )
    for (const [index, campaignId] of campaigns.entries()) {
      const ofCampaign = told[index]?.sort((left, right) => left.rank - right.rank)
      expect(ofCampaign?.map(({ rank }) => rank)).toEqual(ranksTo(index + 1))
      expect(await stored.drained(campaignId, index + 1)).toEqual(ofCampaign)
    }
  })
})

describe('one coupon per user and slot', () => {
  test('50 presses of one user at once get one coupon, at most one 201, and one row', async () => {
    const campaignId = await createTestCampaign(first)
    const userId = newUser()
    const answers = await Promise.all(ranksTo(50).map((index) => press(eitherOf(index), campaignId, userId)))
    // A press before the acknowledgement of the log is answered 202.
    expect(answers.filter(({ status }) => ![200, 201, 202].includes(status))).toEqual([])
    expect(answers.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(1)
    const [told, ...others] = [...new Set(answers.map((answer) => JSON.stringify(couponIn(answer))))]
    expect(others).toEqual([])

    await until('the outcome is granted', async () => {
      const { body } = await outcomeOf(second, campaignId, userId)
      return body['outcome'] === 'granted'
    })
    const again = await press(first, campaignId, userId)
    expect([again.status, again.body['state'], JSON.stringify(couponIn(again))]).toEqual([
      200,
      'usable',
      told,
    ])
    expect(await stored.drained(campaignId, 1)).toEqual([couponIn(again)])
    expect(await stored.gate(campaignId)).toMatchObject({ granted: 1, nextRank: 2, winners: 1 })
  })

  test('50 users pressing 10 times each for 50 coupons get one each; none is stranded', async () => {
    const campaignId = await createTestCampaign(second, { stock: 50 })
    const users = Array.from({ length: 50 }, newUser)
    const answers = await Promise.all(
      ranksTo(10).flatMap((index) => users.map((userId) => press(eitherOf(index), campaignId, userId))),
    )
    expect(answers.filter(({ status }) => ![200, 201, 202].includes(status))).toEqual([])
    const rows = await stored.drained(campaignId, 50)
    expect(rows.map(({ rank }) => rank)).toEqual(ranksTo(50))
    const byUser = new Map(rows.map((row) => [row.userId, row]))
    expect([...byUser.keys()].sort()).toEqual([...users].sort())
    for (const told of answers.map(couponIn)) expect(told).toEqual(byUser.get(told.userId))
  })

  test('with perUserLimit 3, slots 1 to 3 are three stable coupons and slot 4 is 422', async () => {
    const campaignId = await createTestCampaign(first, { perUserLimit: 3, stock: 10 })
    const userId = newUser()
    const won = await Promise.all([1, 2, 3].map((slot) => press(eitherOf(slot), campaignId, userId, slot)))
    expect(won.map(({ status, body }) => [status, body['slot']])).toEqual([
      [201, 1],
      [201, 2],
      [201, 3],
    ])
    expect(new Set(won.map(({ body }) => body['id'])).size).toBe(3)

    for (const [index, told] of won.entries()) {
      const again = await press(second, campaignId, userId, index + 1)
      expect([again.status, again.body]).toEqual([200, told.body])
    }
    expect((await press(first, campaignId, userId)).body).toEqual(won[0]?.body)
    const beyond = await press(first, campaignId, userId, 4)
    expect([beyond.status, beyond.body['code']]).toEqual([422, 'invalid'])
    expect(beyond.body['errors']).toEqual([{ pointer: '/slot', message: expect.stringContaining('3') }])

    const outcome = await outcomeOf(second, campaignId, userId)
    expect(outcome.body).toEqual({ outcome: 'granted', coupons: won.map(({ body }) => body) })
    expect(
      (await stored.drained(campaignId, 3)).map(({ slot }) => slot).toSorted((left, right) => left - right),
    ).toEqual([1, 2, 3])
  })
})

describe('a new campaign is visible at once', () => {
  test.each(ranksTo(20))(
    'a campaign created on one process is open and listed on the other (%i)',
    async (index) => {
      const [here, there] = index % 2 === 0 ? [first, second] : [second, first]
      const campaignId = await createTestCampaign(here)
      const userId = newUser()
      const won = await press(there, campaignId, userId)
      expect([won.status, won.body['rank']]).toEqual([201, 1])
      for (const url of [here, there]) {
        const list = await listOf(url, userId)
        expect(list.body).toEqual({ items: [won.body], nextCursor: null, complete: true })
      }
    },
  )
})
