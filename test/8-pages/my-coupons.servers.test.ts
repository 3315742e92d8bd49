import type { Browser } from 'playwright-core'
import { beforeAll, expect, inject, test } from 'vitest'
import { expectAccessible } from '../harness/browser/expect-accessible.ts'
import { sharedBrowser } from '../harness/browser/shared-browser.ts'
import { openTab } from '../harness/browser/shopper-tab.ts'
import { expectClean } from '../harness/browser/watch-page.ts'
import {
  changeCampaign,
  createTestCampaign,
  newUser,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'

let browser: Browser
let url: string

beforeAll(async () => {
  browser = await sharedBrowser()
  url = inject('apiUrls')[0]
})

/** The list of somebody who has won a coupon of each of these campaigns. */
const openList = async (campaigns: Record<string, unknown>[], options: { locale?: string } = {}) => {
  const user = newUser()
  for (const changes of campaigns) await press(url, await createTestCampaign(url, changes), user)
  const tab = await openTab(browser, `${url}/me/coupons`, user, options)
  const [rows, state] = [tab.page.locator('#coupons li'), tab.page.locator('#state')]
  const button = (name: string) => rows.first().getByRole('button', { name, exact: true })
  return { tab, user, rows, state, button }
}

test('a coupon is used for an order, and given back, by keyboard and also after a refresh', async () => {
  const { tab, rows, state, button } = await openList([{}])
  await rows.getByText('usable', { exact: true }).waitFor()
  await expectAccessible(tab.page)
  await button('Use').focus()
  await tab.page.keyboard.press('Enter')
  await rows.getByText('used', { exact: true }).waitFor()
  await state.getByText('Used.').waitFor()
  // The focus is where it was: on what can be done next with this coupon.
  expect(await button('Give back').evaluate((element) => element.matches(':focus'))).toBe(true)
  await tab.page.reload()
  await expectAccessible(tab.page)
  await button('Give back').click()
  await rows.getByText('usable', { exact: true }).waitFor()
  await state.getByText('Given back').waitFor()
  await tab.page.reload()
  await button('Use').waitFor()
  expect(await rows.count()).toBe(1)
  expectClean(tab, url)
})

test('in Korean a coupon is worth won, and has its place in the line', async () => {
  const { tab, rows } = await openList(
    [
      {
        coupon: {
          title: '환영',
          discount: { kind: 'amount', value: 5_000, currency: 'KRW' },
          usableUntil: '2040-01-01T00:00:00Z',
        },
      },
    ],
    { locale: 'ko-KR' },
  )
  await rows.getByText('5,000원 할인').waitFor()
  await rows.getByText('1번째').waitFor()
  await expectAccessible(tab.page)
})

test('what cannot be used any more has no button', async () => {
  const { user, tab, rows } = await openList([{}])
  await rows.getByText('usable', { exact: true }).waitFor()
  const other = await openTab(browser, `${url}/me/coupons`, user)
  await other.page.getByRole('button', { name: 'Use' }).waitFor()
  // Used by another tab, whose order this one does not know.
  await other.page.getByRole('button', { name: 'Use' }).click()
  await other.page.locator('#coupons').getByText('used', { exact: true }).waitFor()
  await rows.getByRole('button', { name: 'Use' }).click()
  await tab.page.locator('#state').getByText('That did not work').waitFor()
  await rows.getByText('used', { exact: true }).waitFor()
  expect(await rows.getByRole('button').count()).toBe(0)
})

test('somebody who signs in after another person sees nothing of theirs', async () => {
  const { tab, rows, state } = await openList([{}])
  await rows.first().waitFor()
  await tab.page.evaluate((token) => {
    const { document, CustomEvent: Event } = globalThis as unknown as {
      document: { dispatchEvent(event: unknown): void }
      CustomEvent: new (name: string, about: object) => unknown
    }
    document.dispatchEvent(new Event('firstcome-token', { detail: token }))
  }, tokenOf(newUser()))
  await state.getByText('You have no coupons yet.').waitFor()
  expect(await rows.count()).toBe(0)
})

test('a longer list is read page by page, newest first, and a coupon on the second page is used in its place', async () => {
  const { tab, rows } = await openList(Array.from({ length: 21 }, (_, place) => ({ name: `Sale ${place}` })))
  await rows.nth(19).waitFor()
  expect(await rows.count()).toBe(20)
  await tab.page.getByRole('button', { name: 'Show more' }).click()
  await rows.nth(20).getByRole('button', { name: 'Use' }).click()
  await rows.nth(20).getByText('used', { exact: true }).waitFor()
  expect(await rows.count()).toBe(21)
  expect(await tab.page.getByRole('button', { name: 'Show more' }).count()).toBe(0)
})

test('the coupon of a sale that was closed is still there', async () => {
  const [campaignId, user] = [await createTestCampaign(url), newUser()]
  await press(url, campaignId, user)
  await changeCampaign(url, campaignId, 'close')
  const { page } = await openTab(browser, `${url}/me/coupons`, user)
  await page.locator('#coupons').getByText('usable', { exact: true }).waitFor()
  expect(await page.getByRole('button', { name: 'Use' }).count()).toBe(1)
})

test('where the browser keeps nothing the list works until it is left', async () => {
  const user = newUser()
  await press(url, await createTestCampaign(url), user)
  const tab = await openTab(browser, `${url}/me/coupons`, undefined, {
    before: `Object.defineProperty(globalThis, 'sessionStorage', { get() { throw new Error('forbidden') } })`,
  })
  await tab.page.locator('#state').getByText('Sign in').waitFor()
  await tab.page.evaluate(
    `document.dispatchEvent(new CustomEvent('firstcome-token', { detail: '${tokenOf(user)}' }))`,
  )
  await tab.page.getByRole('button', { name: 'Use' }).click()
  await tab.page.getByRole('button', { name: 'Give back' }).click()
  await tab.page.getByRole('button', { name: 'Use' }).waitFor()
  expectClean(tab, url)
})
