import { describe, expect, inject, test } from 'vitest'
import {
  type ApiAnswer,
  ask,
  createTestCampaign,
  listOf,
  newUser,
  operatorToken,
  press,
} from '../harness/processes/http-client.ts'

const [first, second] = inject('apiUrls')

type Item = Record<string, unknown>

const itemsOf = ({ body }: ApiAnswer): Item[] => body['items'] as Item[]
const idsOf = (items: readonly Item[]): string[] => items.map(({ id }) => String(id))

/** A user with ten coupons of each of `campaigns` campaigns, newest first. */
const userWithCoupons = async (campaigns: number): Promise<{ userId: string; won: Item[] }> => {
  const userId = newUser()
  const won: Item[] = []
  for (let campaign = 0; campaign < campaigns; campaign += 1) {
    const campaignId = await createTestCampaign(first, { perUserLimit: 10 })
    for (let slot = 1; slot <= 10; slot += 1) {
      const { status, body } = await press(slot % 2 === 0 ? first : second, campaignId, userId, slot)
      expect(status).toBe(201)
      won.push(body)
    }
  }
  return { userId, won: won.sort((left, right) => (String(left['id']) < String(right['id']) ? 1 : -1)) }
}

/** A walk that comes back to where it was would never end. */
const pagesMax = 1_000

/**
 * Asks for page after page, on the two processes in turn, until there is none; `between` runs before every
 * further page.
 */
const walk = async (
  page: (url: string, query: string) => Promise<ApiAnswer>,
  limit: number,
  between: (pages: number) => Promise<unknown> = async () => {},
): Promise<Item[][]> => {
  const pages: Item[][] = []
  let cursor = ''
  for (;;) {
    const url = pages.length % 2 === 0 ? first : second
    const answer = await page(url, `?limit=${limit}${cursor}`)
    expect(answer.status).toBe(200)
    pages.push(itemsOf(answer))
    const next = answer.body['nextCursor']
    if (next === null) return pages
    if (pages.length >= pagesMax) throw new Error(`the walk goes on after ${pagesMax} pages`)
    cursor = `&cursor=${encodeURIComponent(String(next))}`
    await between(pages.length)
  }
}

describe('listUsableCoupons', () => {
  test('a winner sees the coupon on the very next call, on either process', async () => {
    const campaignId = await createTestCampaign(first)
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const [here, there] = index % 2 === 0 ? [first, second] : [second, first]
        const userId = newUser()
        const won = await press(here, campaignId, userId)
        const list = await listOf(there, userId)
        expect(list.body).toEqual({ items: [won.body], nextCursor: null, complete: true })
      }),
    )
  })

  test('a user without coupons has an empty list that is complete', async () => {
    expect((await listOf(first, newUser())).body).toEqual({ items: [], nextCursor: null, complete: true })
  })

  test('pages of any size show every coupon once, newest first, and mark the last page', async () => {
    const { userId, won } = await userWithCoupons(3)
    for (const limit of [1, 7, 10, 29, 30, 31, 100]) {
      const pages = await walk((url, query) => listOf(url, userId, query), limit)
      expect(pages.flat()).toEqual(won)
      expect(pages.length).toBe(Math.ceil(30 / limit))
    }
    expect(itemsOf(await listOf(first, userId))).toEqual(won.slice(0, 20))
  })

  test('a walk while coupons arrive repeats nothing and misses nothing from before it', async () => {
    const { userId, won } = await userWithCoupons(3)
    const late = await createTestCampaign(second, { perUserLimit: 10 })
    const arrived: Item[] = []
    const pages = await walk(
      (url, query) => listOf(url, userId, query),
      4,
      async (slot) => {
        if (slot <= 10) arrived.push((await press(first, late, userId, slot)).body)
      },
    )
    const seen = idsOf(pages.flat())
    expect(arrived.length).toBeGreaterThan(5)
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toEqual([...seen].sort().reverse())
    expect(seen.filter((id) => won.some((coupon) => coupon['id'] === id))).toEqual(idsOf(won))
    expect(itemsOf(await listOf(first, userId, '?limit=100'))).toEqual([...arrived.reverse(), ...won])
  })

  test('an old cursor continues where it was, however many coupons came since', async () => {
    const { userId, won } = await userWithCoupons(1)
    const page = await listOf(first, userId, '?limit=4')
    const campaignId = await createTestCampaign(first, { perUserLimit: 10 })
    for (let slot = 1; slot <= 10; slot += 1) await press(first, campaignId, userId, slot)
    const cursor = encodeURIComponent(String(page.body['nextCursor']))
    const next = await listOf(second, userId, `?limit=4&cursor=${cursor}`)
    expect(itemsOf(next)).toEqual(won.slice(4, 8))
    // A cursor is a place, not a right: in another's hands it shows nothing of its owner.
    expect(itemsOf(await listOf(second, newUser(), `?cursor=${cursor}`))).toEqual([])
  })
})

describe('the list of campaigns', () => {
  test('a walk while campaigns are created repeats none and misses none from before it', async () => {
    const before = await Promise.all(Array.from({ length: 12 }, () => createTestCampaign(first)))
    const pages = await walk(
      (url, query) => ask(`${url}/v1/admin/campaigns${query}`, { token: operatorToken() }),
      5,
      async (page) => page <= 5 && createTestCampaign(second),
    )
    for (const page of pages) expect(page.length).toBeLessThanOrEqual(5)
    const seen = idsOf(pages.flat())
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toEqual([...seen].sort().reverse())
    expect(before.filter((id) => !seen.includes(id))).toEqual([])
  })
})
