import type { Browser } from 'playwright-core'
import { beforeAll, expect, inject, test } from 'vitest'
import { sharedBrowser } from '../harness/browser/shared-browser.ts'
import { openTab } from '../harness/browser/shopper-tab.ts'
import { expectClean } from '../harness/browser/watch-page.ts'
import {
  ask,
  changeCampaign,
  closedAnHourAgo,
  createTestCampaign,
  newUser,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'
import { until } from '../harness/values/until.ts'

let browser: Browser
let url: string

beforeAll(async () => {
  browser = await sharedBrowser()
  url = inject('apiUrls')[0]
})

const pageOf = (campaignId: string): string => `${url}/c/${campaignId}`
const change = (campaignId: string, what: string) => changeCampaign(url, campaignId, what)

test('who presses wins, sees their place, and sees it again after a reload and in a second tab', async () => {
  const campaignId = await createTestCampaign(url, { stock: 5 })
  await press(url, campaignId, newUser())
  const tab = await openTab(browser, pageOf(campaignId), newUser())
  await tab.reaches('open')
  await tab.press()
  await tab.reaches('granted')
  expect(await tab.text('note')).toMatch(/^You were 2nd. The coupon is yours/)
  await tab.page.reload()
  await tab.reaches('usable')
  expect(await tab.text('note')).toContain('You were 2nd')
  const other = await tab.another(pageOf(campaignId))
  await other.reaches('usable')
  await other.page.goto(`${url}/me/coupons`)
  await other.page.goBack()
  await other.reaches('usable')
  expectClean(tab, url)
  expectClean(other, url)
})

test('the button opens by itself, by the clock of the server, whatever the clock of the machine says', async () => {
  const opensAt = new Date(Date.now() + 4_000).toISOString()
  const campaignId = await createTestCampaign(url, { opensAt })
  const tab = await openTab(browser, pageOf(campaignId), newUser(), { clockAheadMs: 3_600_000 })
  await tab.reaches('imminent')
  expect(await tab.text('clock')).toMatch(/^\d\.\d$/)
  await tab.reaches('open')
  await tab.press()
  await tab.reaches('granted')
  expectClean(tab, url)
})

test('who comes too late sees that it is sold out, and one who holds a coupon does not', async () => {
  const campaignId = await createTestCampaign(url, { stock: 1 })
  const tab = await openTab(browser, pageOf(campaignId), newUser())
  await tab.reaches('open')
  const winner = newUser()
  await press(url, campaignId, winner)
  await tab.reaches('sold-out')
  expect(await tab.text('press')).toBe('Sold out')
  const lucky = await openTab(browser, pageOf(campaignId), winner)
  await lucky.reaches('usable')
})

test('a pause and its end, and the close of a sale, reach a page that is open', async () => {
  const campaignId = await createTestCampaign(url)
  const tab = await openTab(browser, pageOf(campaignId), newUser())
  await tab.reaches('open')
  await change(campaignId, 'pause')
  await tab.reaches('paused')
  await change(campaignId, 'resume')
  await tab.reaches('open')
  await change(campaignId, 'close')
  await tab.reaches('ended')
  expectClean(tab, url)
})

test('the page of a sale that is over says so, and that of no sale is 404', async () => {
  const campaignId = await createTestCampaign(url, closedAnHourAgo())
  const tab = await openTab(browser, pageOf(campaignId), newUser())
  await tab.reaches('ended')
  expect((await ask(pageOf('0190aaaa-0000-7000-8000-000000000000'))).status).toBe(404)
})

test('without a token the button asks for a sign-in, and with a token it goes on', async () => {
  const campaignId = await createTestCampaign(url)
  const tab = await openTab(browser, pageOf(campaignId), undefined)
  await tab.reaches('sign-in')
  await tab.page
    .locator('firstcome-button')
    .evaluate((button, given) => Object.assign(button, { token: given }), tokenOf(newUser()))
  await tab.reaches('open')
  expect(await tab.text('press')).toBe('Get my coupon')
})

test('without a script the page says what is sold, when, and how much is left', async () => {
  const campaignId = await createTestCampaign(url, { name: 'Winter sale', stock: 1_234 })
  const tab = await openTab(browser, pageOf(campaignId), undefined, {
    javaScriptEnabled: false,
    locale: 'ko-KR',
  })
  const text = await tab.page.locator('main').innerText()
  expect(text).toContain('Winter sale')
  expect(text).toContain('1,234장 중 1,234장 남음')
  expect(text).toContain('자바스크립트가 필요합니다')
})

test('whose token has expired is asked to sign in again by the list of coupons, also after a reload', async () => {
  const campaignId = await createTestCampaign(url)
  const { page } = await openTab(browser, pageOf(campaignId), undefined)
  await page.evaluate(() => sessionStorage.setItem('firstcome:token', 'x.y.z'))
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.goto(`${url}/me/coupons`)
  const state = page.locator('#state')
  await until('it says so', async () => (await state.innerText()).includes('Sign in'))
  await page.reload()
  await until('it says so again', async () => (await state.innerText()).includes('Sign in'))
  expect(asked.filter((path) => path === '/v1/coupons')).toHaveLength(1)
})

test('a shop that cannot give the token any more leaves a button that asks for a sign-in, and goes on', async () => {
  const campaignId = await createTestCampaign(url)
  const tab = await openTab(browser, pageOf(campaignId), newUser())
  await tab.reaches('open')
  await tab.page.locator('firstcome-button').evaluate((button: { token?: () => Promise<string> }) => {
    const kept = sessionStorage.getItem('firstcome:token') ?? ''
    let calls = 0
    button.token = async () => {
      calls += 1
      // It is asked when it is set, and for what came of an earlier press.
      if (calls > 2) throw new Error('the shop does not answer')
      return kept
    }
  })
  await tab.reaches('open')
  await tab.press()
  await tab.reaches('sign-in')
  expectClean(tab, url)
})

test('a button that its page moves goes on where it is', async () => {
  const campaignId = await createTestCampaign(url)
  const tab = await openTab(browser, pageOf(campaignId), newUser())
  await tab.reaches('open')
  await tab.page
    .locator('firstcome-button')
    .evaluate((button: { parentElement: { append(child: unknown): void } | null }) =>
      button.parentElement?.append(button),
    )
  await tab.reaches('open')
  await tab.press()
  await tab.reaches('granted')
  expectClean(tab, url)
})

test('who is signed out leaves nothing of what they won for the next person', async () => {
  const campaignId = await createTestCampaign(url)
  const tab = await openTab(browser, pageOf(campaignId), newUser())
  await tab.reaches('open')
  await tab.press()
  await tab.reaches('granted')
  const button = tab.page.locator('firstcome-button')
  await button.evaluate((element: { token?: string | undefined }) => {
    element.token = undefined
  })
  await tab.reaches('sign-in')
  await button.evaluate((element: { token?: string | undefined }, token) => {
    element.token = token
  }, tokenOf(newUser()))
  await tab.reaches('open')
  expectClean(tab, url)
})

test('who signs in on the page of a winner is not shown the win of somebody else', async () => {
  const campaignId = await createTestCampaign(url)
  const winner = newUser()
  await press(url, campaignId, winner)
  const tab = await openTab(browser, pageOf(campaignId), winner)
  await tab.reaches('usable')
  await tab.page
    .locator('firstcome-button')
    .evaluate((button, given) => Object.assign(button, { token: given }), tokenOf(newUser()))
  await tab.reaches('open')
  expect(await tab.text('press')).toBe('Get my coupon')
})
