import { describe, expect, inject, test } from 'vitest'
import {
  ask,
  campaignDocument,
  closedAnHourAgo,
  createTestCampaign,
  listOf,
  newUser,
  outcomeOf,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'
import { until } from '../harness/values/until.ts'

const [first, second] = inject('apiUrls')

const inMs = (milliseconds: number): string => new Date(Date.now() + milliseconds).toISOString()

/** A campaign of one coupon, which somebody holds. */
const soldOutCampaign = async (changes: Record<string, unknown> = {}) => {
  const campaignId = await createTestCampaign(first, { stock: 1, ...changes })
  const winner = newUser()
  const won = await press(first, campaignId, winner)
  expect(won.status).toBe(201)
  return { campaignId, winner, won }
}

/** The terms of the coupon, usable until then. */
const couponUntil = (usableUntil: string): { coupon: Record<string, unknown> } => ({
  coupon: { ...(campaignDocument()['coupon'] as Record<string, unknown>), usableUntil },
})

describe('ask again, get the same answer', () => {
  test.concurrent('after the sell-out winners get the same coupon and losers the same sold out, on both processes', async () => {
    const { campaignId, winner, won } = await soldOutCampaign()
    const loser = newUser()
    for (const url of [first, second, first]) {
      const again = await press(url, campaignId, winner)
      expect([again.status, again.body]).toEqual([200, won.body])
      const lost = await press(url, campaignId, loser)
      expect([lost.status, lost.body['code']]).toEqual([409, 'sold-out'])
    }
    expect((await outcomeOf(second, campaignId, winner)).body).toEqual({
      outcome: 'granted',
      coupons: [won.body],
    })
    expect((await outcomeOf(second, campaignId, loser)).body).toEqual({ outcome: 'none', coupons: [] })
  })

  test.concurrent('after the close the winner gets the same coupon, and everyone else gets closed', async () => {
    // Sold out before: a loser who presses until the close must not win meanwhile.
    const { campaignId, winner, won } = await soldOutCampaign({ closesAt: inMs(2_000) })
    const loser = newUser()
    const heard = new Set<unknown>()
    await until('issue answers closed', async () => {
      const { status, body } = await press(second, campaignId, loser)
      heard.add(`${status} ${String(body['code'])}`)
      return body['code'] === 'closed'
    })
    expect([...heard]).toEqual(['409 sold-out', '409 closed'])
    for (const url of [first, second]) {
      const again = await press(url, campaignId, winner)
      expect([again.status, again.body]).toEqual([200, won.body])
      expect((await press(url, campaignId, loser)).body['code']).toBe('closed')
      expect((await outcomeOf(url, campaignId, winner)).body['outcome']).toBe('granted')
      expect((await outcomeOf(url, campaignId, loser)).body['outcome']).toBe('none')
      expect((await listOf(url, winner)).body['items']).toEqual([won.body])
    }
  })
})

describe('the window of a campaign', () => {
  test.concurrent('a campaign that is closed from the start grants nothing', async () => {
    const campaignId = await createTestCampaign(first, closedAnHourAgo())
    for (const url of [first, second]) {
      const { status, body } = await press(url, campaignId, newUser())
      expect([status, body['code']]).toEqual([409, 'closed'])
    }
  })

  test.concurrent('before the opening the answer has the opening time, the server time and Retry-After', async () => {
    const opensAt = inMs(1_800_000)
    const campaignId = await createTestCampaign(first, { opensAt })
    const userId = newUser()
    for (const url of [first, second, first]) {
      const early = await press(url, campaignId, userId)
      expect([early.status, early.body['code'], early.body['opensAt']]).toEqual([409, 'not-open', opensAt])
      const serverTime = String(early.body['serverTime'])
      expect(serverTime).toBe(new Date(serverTime).toISOString())
      const waitSeconds = Math.ceil((Date.parse(opensAt) - Date.parse(serverTime)) / 1_000)
      expect(early.headers.get('retry-after')).toBe(String(waitSeconds))
    }
    expect((await outcomeOf(second, campaignId, userId)).body).toEqual({ outcome: 'none', coupons: [] })
  })

  test.concurrent('a campaign opens at its time and not before', async () => {
    const opensAt = inMs(1_500)
    const campaignId = await createTestCampaign(first, { opensAt })
    const openings = await Promise.all(
      [first, second].map(async (url) => {
        const userId = newUser()
        const heard: string[] = []
        const won = await until('the press wins', async () => {
          const { status, body } = await press(url, campaignId, userId)
          heard.push(String(status === 409 ? body['code'] : status))
          if (status === 409) expect(String(body['serverTime']) < opensAt).toBe(true)
          return status === 201 && body
        })
        return { heard: [...new Set(heard)], issuedAt: String(won['issuedAt']) }
      }),
    )
    for (const { heard, issuedAt } of openings) {
      expect(heard).toEqual(['not-open', '201'])
      expect(issuedAt >= opensAt).toBe(true)
    }
  })
})

describe('the usable time of a coupon', () => {
  test.concurrent('an expired coupon reads expired everywhere and is no longer listed', async () => {
    const closesAt = inMs(1_500)
    const { campaignId, winner, won } = await soldOutCampaign({ closesAt, ...couponUntil(closesAt) })
    const expired = { ...won.body, state: 'expired' }
    await until('the list no longer has it', async () => {
      const { body } = await listOf(second, winner)
      return body['complete'] === true && (body['items'] as unknown[]).length === 0
    })
    for (const url of [first, second]) {
      await until('this process knows it too', async () => {
        const { body } = await ask(`${url}/v1/coupons/${String(won.body['id'])}`, { token: tokenOf(winner) })
        return body['state'] === 'expired'
      })
      expect((await outcomeOf(url, campaignId, winner)).body).toEqual({
        outcome: 'granted',
        coupons: [expired],
      })
      const again = await press(url, campaignId, winner)
      expect([again.status, again.body]).toEqual([200, expired])
    }
  })

  test.concurrent('a coupon that is usable later belongs to the winner now and is listed at its time', async () => {
    const winLater = async (usableFrom: string) => {
      const terms = couponUntil(inMs(7_200_000)).coupon
      const sale = await soldOutCampaign({ coupon: { ...terms, usableFrom } })
      expect(sale.won.body['usableFrom']).toBe(usableFrom)
      expect((await outcomeOf(first, sale.campaignId, sale.winner)).body['coupons']).toEqual([sale.won.body])
      return sale
    }
    const late = await winLater(inMs(3_600_000))
    expect((await listOf(first, late.winner)).body).toEqual({ items: [], nextCursor: null, complete: true })
    const soon = await winLater(inMs(1_000))
    const listed = await until('it is listed', async () => {
      const { body } = await listOf(first, soon.winner)
      return (body['items'] as unknown[]).length > 0 && body['items']
    })
    expect(listed).toEqual([soon.won.body])
  })
})
