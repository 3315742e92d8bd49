import { randomUUID } from 'node:crypto'
import { expect, inject, test } from 'vitest'
import { createOperatorClient, type NewCampaign } from '../../client/operator-client.ts'
import { type Coupon, createClient } from '../../client/shopper-client.ts'
import { ask, newUser, operatorToken, tokenOf } from '../harness/processes/http-client.ts'
import { namedTokens } from '../harness/values/named-tokens.ts'
import { until } from '../harness/values/until.ts'

const urls = inject('apiUrls')
const [first, second] = urls
// Two people run the sale, each on a process of their own.
const kim = createOperatorClient({ url: first, token: namedTokens.operator })
const lee = createOperatorClient({ url: second, token: operatorToken() })
const pages = urls.map((url) => createClient({ url }))
const orderService = createClient({ url: second, token: namedTokens.orders })

const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString()
const sale = (stock: number): NewCampaign => ({
  ...{ name: 'A whole life', stock, opensAt: inHours(1), closesAt: inHours(2) },
  coupon: {
    ...{ title: '5,000 off', discount: { kind: 'amount', value: 5_000, currency: 'KRW' } },
    usableUntil: inHours(48),
  },
})
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

const newShopper = (userId = newUser()) => ({
  userId,
  on: urls.map((url) => createClient({ url, token: tokenOf(userId) })),
})

/** The people who come for a campaign, and the coupons that they were given. */
const gatherPeople = (campaignId: string, count: number) => {
  const people = Array.from({ length: count }, newShopper)
  const latecomer = newShopper()
  const coupons = new Map<ReturnType<typeof newShopper>, Coupon>()
  return {
    /** Everybody presses at once, every other one on the other process; how often each answer came. */
    async burst(): Promise<Record<string, number>> {
      const counts: Record<string, number> = {}
      const press = async (shopper: ReturnType<typeof newShopper>, turn: number): Promise<void> => {
        const result = await shopper.on[turn % urls.length]?.issue(campaignId)
        if (result?.kind === 'granted') coupons.set(shopper, result.coupon)
        counts[String(result?.kind)] = (counts[String(result?.kind)] ?? 0) + 1
      }
      await Promise.all(people.map(press))
      return counts
    },
    /** What the next press of somebody without a coupon is answered, on each process. */
    nextPress: () => Promise.all(latecomer.on.map(async (client) => (await client.issue(campaignId)).kind)),
    /** Every winner asks again, on both processes, and is shown the coupon that they have. */
    async expectSameAgain(): Promise<void> {
      for (const [{ on }, coupon] of coupons)
        for (const result of await Promise.all(on.map((client) => client.issue(campaignId))))
          expect(result).toEqual({ kind: 'already', coupon })
    },
    winners: () =>
      [...coupons]
        .map(([shopper, coupon]) => ({ ...shopper, ...coupon, coupon }))
        .toSorted((one, other) => one.rank - other.rank),
  }
}

test('a campaign lives from its creation to its audit, and everybody gets what they were promised', async () => {
  const [shoppers, stock, moreStock] = [200, 120, 180]
  const key = `whole-life-${randomUUID()}`
  const campaign = sale(stock)
  const { id } = await kim.createCampaign(campaign, key)
  expect((await lee.createCampaign(campaign, key)).id).toBe(id)
  const { burst, nextPress, expectSameAgain, winners } = gatherPeople(id, shoppers)
  const pagesSay = async (state: string): Promise<void> => {
    for (const page of pages) await until(state, async () => (await page.campaign(id)).state === state)
  }

  // The operators see what they are about to sell. Before the opening nobody gets a coupon.
  expect(await lee.preflight(id)).toMatchObject({ doubts: [], money: { coupons: stock, total: '600000' } })
  expect(await nextPress()).toEqual(['notOpen', 'notOpen'])

  // It is opened at once: as many win as there are coupons.
  const now = inHours(0)
  await kim.edit(id, { opensAt: now, coupon: { usableFrom: now } }, { reason: 'we are ready', ifVersion: 1 })
  await pagesSay('open')
  expect(await burst()).toEqual({ granted: stock, soldOut: shoppers - stock })
  expect(winners().map(({ rank }) => rank)).toEqual(upTo(stock))
  await pagesSay('sold-out')
  const lastIssuedAt = winners()
    .map(({ coupon }) => coupon.issuedAt)
    .toSorted()
    .at(-1)
  for (const page of pages) expect((await page.campaign(id)).soldOutAt).toBe(lastIssuedAt)
  expect((await kim.readCampaign(id)).soldOutAt).toBe(lastIssuedAt)
  await expectSameAgain()

  // A pause refuses the very next press, and so it stays with more stock. Then the rest is sold.
  await lee.pause(id, { reason: 'more are coming', ifVersion: 2 })
  expect(await nextPress()).toEqual(['paused', 'paused'])
  await expect(kim.pause(id, { reason: 'too late', ifVersion: 2 })).rejects.toMatchObject({ code: 'version' })
  await kim.raiseStock(id, moreStock, { reason: 'here they are', ifVersion: 3 })
  expect(await nextPress()).toEqual(['paused', 'paused'])
  await expectSameAgain()
  await lee.resume(id, { reason: 'on with it', ifVersion: 4 })
  await pagesSay('open')
  expect((await kim.readCampaign(id)).soldOutAt).toBeNull()
  const reopened = { already: stock, granted: moreStock - stock, soldOut: shoppers - moreStock }
  expect(await burst()).toEqual(reopened)
  expect(winners().map(({ rank }) => rank)).toEqual(upTo(moreStock))

  // Once it is closed nobody wins any more, and nobody loses what they have.
  await kim.close(id, { reason: 'that was it', ifVersion: 5 })
  expect(await nextPress()).toEqual(['closed', 'closed'])
  await expect(lee.resume(id, { reason: 'once more' })).rejects.toMatchObject({ code: 'frozen' })
  await pagesSay('closed')
  await expectSameAgain()

  // One coupon is used, another is used and given back, and a third is taken away.
  const [buyer, returner, cheat] = winners()
  if (buyer === undefined || returner === undefined || cheat === undefined) throw new Error('nobody won')
  const redemption = await buyer.on[0]?.redeem(buyer.id, 'order-1')
  expect(await orderService.redeem(buyer.id, 'order-1')).toEqual(redemption)
  await expect(orderService.redeem(buyer.id, 'order-2')).rejects.toMatchObject({ code: 'already-redeemed' })
  await orderService.redeem(returner.id, 'order-3')
  await orderService.giveBack(returner.id, 'order-3')
  await kim.revoke(cheat.id, { reason: 'a stolen account' })
  await expect(cheat.on[1]?.redeem(cheat.id, 'order-4')).rejects.toMatchObject({ code: 'revoked' })
  const states = ['redeemed', 'usable', 'revoked'] as const
  const fateOf = ({ rank }: Coupon) => states[rank - 1] ?? 'usable'
  for (const { on, coupon } of [buyer, returner, cheat])
    for (const state of states)
      for (const client of on) {
        const { items } = await client.listUsableCoupons({ state })
        expect(items).toEqual(fateOf(coupon) === state ? [{ ...coupon, state }] : [])
      }
  await expectSameAgain()

  // No promise is broken, every winner is in the file once, and every version has its reason.
  const audit = await until('every coupon is a row', async () => {
    const result = await lee.audit(id)
    return result.verdict !== 'in-flight' && result
  })
  expect([audit.verdict, audit.books.rows]).toEqual(['pass', moreStock])
  const asCsv = { token: operatorToken(), headers: { accept: 'text/csv' } }
  const file = String((await ask(`${first}/v1/admin/campaigns/${id}/winners`, asCsv)).body['text'])
  const rows = file.trimEnd().split('\r\n').slice(1)
  expect(rows.map((row) => row.split(',', 5).join())).toEqual(
    winners().map(({ coupon }) => [coupon.rank, coupon.id, coupon.userId, 1, fateOf(coupon)].join()),
  )
  const { items } = await lee.changes(id)
  expect(items.map(({ version, action, by, reason }) => [version, action, by, reason])).toEqual([
    [6, 'closed', 'ops@test', 'that was it'],
    [5, 'resumed', 'operator', 'on with it'],
    [4, 'stock-raised', 'ops@test', 'here they are'],
    [3, 'paused', 'operator', 'more are coming'],
    [2, 'edited', 'ops@test', 'we are ready'],
    [1, 'created', 'ops@test', null],
  ])
})
