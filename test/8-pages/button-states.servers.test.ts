import type { Browser } from 'playwright-core'
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { buttonTexts } from '../../web/texts/button-texts.ts'
import { expectAccessible } from '../harness/browser/expect-accessible.ts'
import { sharedBrowser } from '../harness/browser/shared-browser.ts'
import { openTab, type ShopperTab } from '../harness/browser/shopper-tab.ts'
import { expectClean } from '../harness/browser/watch-page.ts'
import {
  ask,
  changeCampaign,
  closedAnHourAgo,
  createTestCampaign,
  newUser,
  operatorToken,
  press,
} from '../harness/processes/http-client.ts'
import { tokenWithClaims } from '../harness/processes/token-with-claims.ts'

const aheadMs = 1_800_000
let browser: Browser
let url: string

beforeAll(async () => {
  browser = await sharedBrowser()
  url = inject('apiUrls')[0]
})

const pageOf = (campaignId: string): string => `${url}/c/${campaignId}`
const inHalfAnHour = (): string => new Date(Date.now() + aheadMs).toISOString()

/** A clock that a test sets forward, while the page runs. */
const jumpingClock = `const own = performance.now.bind(performance)
  let aheadMs = 0
  performance.now = () => own() + aheadMs
  globalThis.jump = (ms) => { aheadMs += ms }`
/** Sets the clock half an hour forward, once the page knows the time of the server. */
const jump = async ({ page }: ShopperTab): Promise<void> => {
  await page.locator('firstcome-button [part=uncertain]').getByText('±').waitFor()
  await page.evaluate(`jump(${aheadMs})`)
}

/** The button says that it is in this state, before and after a refresh, and everybody can read it. */
const expectStays = async (
  tab: ShopperTab,
  state: keyof typeof buttonTexts,
  afterwards: keyof typeof buttonTexts = state,
): Promise<void> => {
  await tab.reaches(state)
  expect(await tab.text('press')).toBe(buttonTexts[state].label.en)
  await expectAccessible(tab.page)
  await tab.page.reload()
  await tab.reaches(afterwards)
  expect(await tab.text('press')).toBe(buttonTexts[afterwards].label.en)
  expectClean(tab, url)
}
const isPressable = async (tab: ShopperTab): Promise<boolean> =>
  (await tab.page.locator('firstcome-button [part=press]').getAttribute('aria-disabled')) === 'false'

describe('each state is what really happened, and a refresh finds it again', () => {
  test('scheduled: it counts down, and cannot be pressed', async () => {
    const campaignId = await createTestCampaign(url, { opensAt: inHalfAnHour() })
    const tab = await openTab(browser, pageOf(campaignId), newUser())
    await tab.reaches('scheduled')
    expect(await tab.text('clock')).toMatch(/^(29:\d\d|30:00)$/)
    expect(await isPressable(tab)).toBe(false)
    await expectStays(tab, 'scheduled')
  })

  test('open: it shows what is left, and can be pressed', async () => {
    const campaignId = await createTestCampaign(url, { stock: 1_234 })
    const tab = await openTab(browser, pageOf(campaignId), newUser())
    await expectStays(tab, 'open')
    expect([await tab.text('figure'), await tab.text('count')]).toEqual(['1,234', '1,234 of 1,234 left'])
    expect(await isPressable(tab)).toBe(true)
  })

  test('granted: it shows the place in the line, and is found usable after that', async () => {
    const campaignId = await createTestCampaign(url, { stock: 500 })
    await Promise.all(Array.from({ length: 416 }, () => press(url, campaignId, newUser())))
    const tab = await openTab(browser, pageOf(campaignId), newUser())
    await tab.reaches('open')
    await tab.press()
    await tab.reaches('granted')
    expect(await tab.text('figure')).toBe('417th')
    expect(await tab.text('note')).toMatch(/^You were 417th\. The coupon is yours, to use until .+ \d{4}\.$/)
    await expectStays(tab, 'granted', 'usable')
    expect(await tab.text('figure')).toBe('417th')
  })

  test('already: a press in a second tab finds the coupon of the first', async () => {
    const campaignId = await createTestCampaign(url)
    const tab = await openTab(browser, pageOf(campaignId), newUser())
    const other = await tab.another(pageOf(campaignId))
    for (const one of [tab, other]) await one.reaches('open')
    await tab.press()
    await tab.reaches('granted')
    await other.press()
    await other.reaches('already')
    expect([await tab.text('figure'), await other.text('figure')]).toEqual(['1st', '1st'])
    expect(await other.text('note')).toBe('You were 1st. Nobody gets it twice.')
    await expectStays(other, 'already', 'usable')
  })

  test('sold out: it says since when, to those who were there and to who comes later', async () => {
    const campaignId = await createTestCampaign(url, { stock: 1 })
    const tab = await openTab(browser, pageOf(campaignId), newUser())
    await tab.reaches('open')
    await press(url, campaignId, newUser())
    await tab.reaches('sold-out')
    expect(await tab.text('figure')).toMatch(/^\d\d:\d\d:\d\d$/)
    const [figure, note] = [await tab.text('figure'), await tab.text('note')]
    expect(note).toContain(`Sold out at ${figure}.`)
    await expectStays(tab, 'sold-out')
    const later = await openTab(browser, pageOf(campaignId), newUser())
    await later.reaches('sold-out')
    for (const one of [tab, later])
      expect([await one.text('figure'), await one.text('note')]).toEqual([figure, note])
    expect(await isPressable(tab)).toBe(false)
  })

  test('more stock opens it again for those who were too late', async () => {
    const campaignId = await createTestCampaign(url, { stock: 1 })
    const tab = await openTab(browser, pageOf(campaignId), newUser())
    await press(url, campaignId, newUser())
    await tab.reaches('sold-out')
    await changeCampaign(url, campaignId, 'stock', { stock: 2 })
    await tab.reaches('open')
    await tab.press()
    await tab.reaches('granted')
    expect(await tab.text('figure')).toBe('2nd')
  })

  test('not open yet: a press by a clock that is ahead costs nothing, and the button arms itself again', async () => {
    const campaignId = await createTestCampaign(url, { opensAt: inHalfAnHour() })
    const tab = await openTab(browser, pageOf(campaignId), newUser(), {
      before: jumpingClock,
    })
    await jump(tab)
    await tab.reaches('open')
    await tab.press()
    await tab.reaches('not-open')
    expect(await tab.text('clock')).toMatch(/^(29:\d\d|30:00)$/)
    await expectAccessible(tab.page)
    // It opens earlier than it was said.
    const opened = await ask(`${url}/v1/admin/campaigns/${campaignId}`, {
      ...{ method: 'PATCH', token: operatorToken(), headers: { 'if-match': '*' } },
      json: { reason: 'a test', opensAt: new Date(Date.now() + 100).toISOString() },
    })
    expect(opened.status).toBe(200)
    await tab.reaches('open')
    await tab.press()
    await tab.reaches('granted')
    expectClean(tab, url)
  })

  test('not eligible: who is not of those for whom it is, is told so', async () => {
    const eligibility = [{ claim: 'tier', anyOf: ['gold'] }]
    const campaignId = await createTestCampaign(url, { eligibility })
    const silver = tokenWithClaims(newUser(), { tier: 'silver', exp: 4_102_444_800 })
    const tab = await openTab(browser, pageOf(campaignId), undefined, { token: silver })
    await tab.reaches('open')
    await tab.press()
    await expectStays(tab, 'not-eligible', 'open')
    const gold = tokenWithClaims(newUser(), { tier: 'gold', exp: 4_102_444_800 })
    const other = await openTab(browser, pageOf(campaignId), undefined, { token: gold })
    await other.reaches('open')
    await other.press()
    await other.reaches('granted')
  })

  test('paused: also for who presses before the page has heard of it', async () => {
    const campaignId = await createTestCampaign(url)
    const tab = await openTab(browser, pageOf(campaignId), newUser())
    await tab.reaches('open')
    await changeCampaign(url, campaignId, 'pause')
    // The page may have heard of it by now: then this does nothing.
    await tab.page.locator('firstcome-button [part=press]').dispatchEvent('click')
    await expectStays(tab, 'paused')
    await changeCampaign(url, campaignId, 'resume')
    await tab.reaches('open')
  })

  test('over: and a winner still has the coupon', async () => {
    const campaignId = await createTestCampaign(url)
    const winner = newUser()
    await press(url, campaignId, winner)
    const [tab, lucky] = [
      await openTab(browser, pageOf(campaignId), newUser()),
      await openTab(browser, pageOf(campaignId), winner),
    ]
    await changeCampaign(url, campaignId, 'close')
    await expectStays(tab, 'ended')
    await expectStays(lucky, 'usable')
    const ended = await createTestCampaign(url, closedAnHourAgo())
    await (await openTab(browser, pageOf(ended), newUser())).reaches('ended')
  })

  test('sign in: nobody presses for nobody', async () => {
    const campaignId = await createTestCampaign(url)
    const tab = await openTab(browser, pageOf(campaignId), undefined)
    await expectStays(tab, 'sign-in')
  })
})

describe('a reader of the screen', () => {
  test('is told what came of a press once: the focus goes to the sentence', async () => {
    const campaignId = await createTestCampaign(url)
    const tab = await openTab(browser, pageOf(campaignId), newUser())
    await tab.reaches('open')
    expect(await tab.focusedPart()).toBe('')
    await tab.page.keyboard.press('Tab')
    while ((await tab.focusedPart()) !== 'press') await tab.page.keyboard.press('Tab')
    await tab.page.keyboard.press('Enter')
    await tab.reaches('granted')
    expect([await tab.focusedPart(), await tab.told()]).toEqual(['note', ''])
  })

  test('keeps their place on a page that finds a coupon from before', async () => {
    const campaignId = await createTestCampaign(url)
    const winner = newUser()
    await press(url, campaignId, winner)
    const tab = await openTab(browser, pageOf(campaignId), winner)
    await tab.reaches('usable')
    expect(await tab.focusedPart()).toBe('')
  })

  test('is told of a pause and of the sell-out, and not of the seconds that pass', async () => {
    const campaignId = await createTestCampaign(url, { stock: 1 })
    const tab = await openTab(browser, pageOf(campaignId), newUser())
    await tab.reaches('open')
    expect(await tab.told()).toBe('')
    await changeCampaign(url, campaignId, 'pause')
    await tab.reaches('paused')
    expect(await tab.told()).toBe(buttonTexts.paused.note.en)
    await changeCampaign(url, campaignId, 'resume')
    await press(url, campaignId, newUser())
    await tab.reaches('sold-out')
    expect(await tab.told()).toContain('Sold out at')
    const quiet = tab.page.locator('firstcome-button [part=clock]')
    expect([await quiet.getAttribute('role'), await quiet.getAttribute('aria-live')]).toEqual([
      'timer',
      'off',
    ])
  })

  test('is told of the opening', async () => {
    const campaignId = await createTestCampaign(url, { opensAt: inHalfAnHour() })
    const tab = await openTab(browser, pageOf(campaignId), newUser(), { before: jumpingClock })
    await jump(tab)
    await tab.reaches('open')
    expect(await tab.told()).toBe('Open now.')
  })
})

test('an address of no sale is a page that says so, in the language of the reader, and a problem for a program', async () => {
  const nowhere = pageOf('0190aaaa-0000-7000-8000-000000000000')
  const context = await browser.newContext({ locale: 'ko-KR' })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const response = await page.goto(nowhere)
  expect([response?.status(), await page.locator('h1').innerText()]).toEqual([404, '없는 행사입니다'])
  await expectAccessible(page)
  const { status, body } = await ask(nowhere)
  expect([status, body['code']]).toEqual([404, 'unknown-campaign'])
})
