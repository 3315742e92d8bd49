import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { createProxy, type Proxy } from '../../servers/network/proxy.ts'
import { expectAccessible } from '../harness/browser/expect-accessible.ts'
import { sharedBrowser } from '../harness/browser/shared-browser.ts'
import { openTab, type ShopperTab } from '../harness/browser/shopper-tab.ts'
import { changeCampaign, createTestCampaign, newUser, press } from '../harness/processes/http-client.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'

let browser: Browser
let api: Running
let toRedis: Proxy
let toApi: Proxy
let url: string

beforeAll(async () => {
  browser = await sharedBrowser()
  const environment = inject('environment')
  const redis = new URL(environment['REDIS_URL'] ?? '')
  toRedis = await createProxy({ host: redis.hostname, port: Number(redis.port) })
  redis.port = String(toRedis.port)
  const settings = { REDIS_URL: redis.href, GATE_TIMEOUT_MS: '300', PUBLISH_DEADLINE_MS: '300' }
  api = await startPart(
    'api',
    { ...environment, ...settings },
    { folder: inject('folder'), waitFor: 'ready' },
  )
  toApi = await createProxy({ host: '127.0.0.1', port: Number(new URL(api.url).port) })
  url = `http://127.0.0.1:${toApi.port}`
})
afterEach(() => {
  toRedis.release()
  toApi.restore()
})
afterAll(async () => {
  await api.stop()
  await Promise.all([toRedis.close(), toApi.close()])
})

const openSale = async (stock = 1): Promise<ShopperTab> => {
  const campaignId = await createTestCampaign(api.url, { stock })
  const tab = await openTab(browser, `${url}/c/${campaignId}`, newUser())
  await tab.reaches('open')
  return tab
}
const button = ({ page }: ShopperTab) => page.locator('firstcome-button [part=press]')

test('while a press is under way the button keeps the focus, and does not send it twice', async () => {
  const tab = await openSale()
  let presses = 0
  tab.page.on('request', (request) => (presses += Number(request.method() === 'POST')))
  toApi.hold('answers')
  await tab.press()
  await tab.reaches('sending')
  expect([await tab.focusedPart(), await button(tab).getAttribute('disabled')]).toEqual(['press', null])
  expect(await button(tab).getAttribute('aria-disabled')).toBe('true')
  await tab.page.keyboard.press('Enter')
  await tab.page.keyboard.press('Space')
  toApi.release()
  await tab.reaches('granted')
  expect(presses).toBe(1)
})

test('while Redis does not answer a press is unanswered, never sold out, and resolves itself when it does', async () => {
  const tab = await openSale()
  // The press waits on its way to the gate, and nobody knows.
  toRedis.hold()
  await tab.press()
  await tab.reaches('unanswered')
  expect(await tab.text('note')).toContain('Pressing again is safe')
  expect(await tab.told()).toContain('Pressing again is safe')
  await expectAccessible(tab.page)
  toRedis.release()
  await tab.reaches('usable')
  expect([await tab.text('figure'), await tab.focusedPart()]).toEqual(['1st', 'note'])
})

test('a refresh while Redis does not answer shows the sale as it was known, and the win once it does', async () => {
  const tab = await openSale()
  toRedis.hold()
  await tab.press()
  await tab.reaches('unanswered')
  const response = await tab.page.reload()
  expect([response?.status(), await tab.page.locator('h1').innerText()]).toEqual([200, 'Test sale'])
  await tab.reaches('open')
  await tab.press()
  await tab.reaches('unanswered')
  toRedis.release()
  await tab.reaches('usable')
})

test('a press while Redis does not answer is made again by hand, and it is the same coupon', async () => {
  const tab = await openSale(5)
  toRedis.hold()
  await tab.press()
  await tab.reaches('unanswered')
  await tab.press()
  await tab.reaches('sending')
  toRedis.release()
  await tab.page.locator('firstcome-button[data-result=won]').waitFor()
  expect(await tab.text('figure')).toBe('1st')
})

test('while Redis does not answer nobody is told that there is no such sale: the page comes back by itself', async () => {
  const context = await browser.newContext({ locale: 'en-US' })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  toRedis.hold()
  const response = await page.goto(`${url}/c/0190aaaa-0000-7000-8000-000000000000`)
  expect(response?.status()).toBe(503)
  expect(Number(response?.headers()['refresh'])).toBeGreaterThanOrEqual(3)
  expect(await page.locator('h1').innerText()).toBe('Recovering …')
  await expectAccessible(page)
  toRedis.release()
  await page.getByRole('heading', { name: 'No such sale' }).waitFor()
})

test('a connection that is lost in the middle of a press leaves it unanswered, until the page hears of the win', async () => {
  const tab = await openSale()
  toApi.hold('answers')
  await tab.press()
  await tab.reaches('unanswered')
  toApi.release()
  await tab.reaches('usable')
  expect(await tab.text('figure')).toBe('1st')
})

test('a connection that is reset in the middle of a press is no answer either', async () => {
  const tab = await openSale()
  toApi.hold('answers')
  await tab.press()
  await tab.reaches('sending')
  toApi.cut()
  toApi.release()
  await tab.reaches('unanswered')
  toApi.restore()
  await tab.page.locator('firstcome-button[data-result=won]').waitFor()
  expect(await tab.text('figure')).toBe('1st')
})

test('a page that was cut off while it sold out, or was paused, hears of it when it is back', async () => {
  const campaignId = await createTestCampaign(api.url, { stock: 1 })
  const tab = await openTab(browser, `${url}/c/${campaignId}`, newUser())
  await tab.reaches('open')
  toApi.cut()
  await press(api.url, campaignId, newUser())
  toApi.restore()
  await tab.reaches('sold-out')
  toApi.cut()
  await changeCampaign(api.url, campaignId, 'close')
  toApi.restore()
  await tab.reaches('ended')
  expect(await tab.text('press')).toBe('Over')
})
