import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { beforeAll, expect, inject, test } from 'vitest'
import { expectAccessible } from '../harness/browser/expect-accessible.ts'
import { sharedBrowser } from '../harness/browser/shared-browser.ts'
import { openTab } from '../harness/browser/shopper-tab.ts'
import { expectClean } from '../harness/browser/watch-page.ts'
import { ask, createTestCampaign, newUser, operatorToken, press } from '../harness/processes/http-client.ts'

let browser: Browser
let url: string
let campaignId: string

beforeAll(async () => {
  browser = await sharedBrowser()
  url = inject('apiUrls')[0]
  campaignId = await createTestCampaign(url, { stock: 1_000 })
})

test.each([
  ...['/', '/c/CAMPAIGN', '/me/coupons'].flatMap((path) => [
    [path, 'en-US'] as const,
    [path, 'ko-KR'] as const,
  ]),
  // These two are the same for everybody.
  ['/docs', 'en-US'],
  ['/problems/sold-out', 'en-US'],
] as const)(
  'a reader of the screen can use %s in light and in dark, in the language %s',
  // The reference is a long page: axe took 30 s for it on a machine at its limit.
  { timeout: 120_000 },
  async (path, locale) => {
    const tab = await openTab(browser, `${url}${path.replace('CAMPAIGN', campaignId)}`, newUser(), { locale })
    if (path.startsWith('/c/')) await tab.reaches('open')
    await expectAccessible(tab.page)
    expect(tab.complaints).toEqual([])
  },
)

/** The page and everything that it loads, compressed as it is sent. */
const weightOf = async (path: string): Promise<number> => {
  const files = new Map<string, Promise<Buffer>>()
  const context = await browser.newContext()
  const page = await context.newPage()
  page.on('response', (response) => {
    if (!response.url().includes('/v1/') && response.status() === 200)
      // What comes after the page has loaded may be cut off when it is closed.
      files.set(
        response.url(),
        response.body().catch(() => Buffer.alloc(0)),
      )
  })
  await page.goto(`${url}${path}`, { waitUntil: 'load' })
  const bodies = await Promise.all(files.values())
  await context.close()
  return bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0)
}

test('the page of a sale weighs at most 15 KB with its style and its scripts', async () => {
  const bytes = await weightOf(`/c/${campaignId}`)
  expect(bytes).toBeGreaterThan(5_000)
  expect(bytes).toBeLessThanOrEqual(15 * 1_024)
})

test('pages forbid everything that they do not need, and answer in the language that was asked for', async () => {
  const korean = await ask(`${url}/c/${campaignId}`, { headers: { 'accept-language': 'ko-KR,ko;q=0.9' } })
  expect(korean.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'/)
  expect(korean.headers.get('content-security-policy')).not.toContain('unsafe')
  expect(String(korean.body['text'])).toContain('<html lang="ko">')
  expect(String((await ask(`${url}/c/${campaignId}?lang=en`)).body['text'])).toContain('<html lang="en">')
})

test('a file of the pages is sent compressed, and not again while it is the same', async () => {
  const first = await fetch(`${url}/firstcome.js`)
  expect([first.status, first.headers.get('content-encoding')]).toEqual([200, 'gzip'])
  expect(first.headers.get('access-control-allow-origin')).toBe('*')
  const again = await fetch(`${url}/firstcome.js`, {
    headers: { 'if-none-match': first.headers.get('etag') ?? '' },
  })
  expect(again.status).toBe(304)
  expect((await fetch(`${url}/assets/nothing.js`)).status).toBe(404)
})

/** Adds up what moves without a press, from the first picture on (Cumulative Layout Shift). */
const watchShifts = `globalThis.shifts = 0
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) globalThis.shifts += value
  }).observe({ type: 'layout-shift', buffered: true })`
/** What has moved until now: two pictures later the browser has told of all of it. */
const shiftsOf = (page: Page): Promise<number> =>
  page.evaluate(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
    setTimeout(() => done(globalThis.shifts)))))`)

test.each([
  ['a phone', 390, 'en-US'],
  ['a phone', 390, 'ko-KR'],
  ['a narrow phone', 320, 'en-US'],
  ['a desktop', 1_280, 'en-US'],
])(
  'nothing moves on %s of %i pixels in %s: not when the button comes, at the opening, at the sell-out',
  async (_, width, locale) => {
    const opensAt = new Date(Date.now() + 1_800_000).toISOString()
    const sale = await createTestCampaign(url, { opensAt, stock: 1 })
    const tab = await openTab(browser, `${url}/c/${sale}`, newUser(), {
      ...{ locale, viewport: { width, height: 844 } },
      before: watchShifts,
    })
    const place = () => tab.page.locator('firstcome-button [part=press]').boundingBox()
    await tab.reaches('scheduled')
    const before = await place()
    await ask(`${url}/v1/admin/campaigns/${sale}`, {
      ...{ method: 'PATCH', token: operatorToken(), headers: { 'if-match': '*' } },
      json: { reason: 'a test', opensAt: new Date(Date.now() + 100).toISOString() },
    })
    await tab.reaches('open')
    // Who is about to press presses the button.
    expect(await place()).toEqual(before)
    await press(url, sale, newUser())
    await tab.reaches('sold-out')
    expect(await place()).toEqual(before)
    expect(await shiftsOf(tab.page)).toBeLessThan(0.01)
  },
)

test('the target of a press is at least 48 pixels high and wide', async () => {
  const tab = await openTab(browser, `${url}/c/${campaignId}`, newUser(), {
    viewport: { width: 320, height: 600 },
  })
  await tab.reaches('open')
  const box = await tab.page.locator('firstcome-button [part=press]').boundingBox()
  expect(Math.min(box?.height ?? 0, box?.width ?? 0)).toBeGreaterThanOrEqual(48)
})

test('who wants no motion sees none', async () => {
  const tab = await openTab(browser, `${url}/c/${campaignId}`, newUser(), { reducedMotion: 'reduce' })
  await tab.reaches('open')
  const motions = () =>
    tab.page
      .locator('firstcome-button')
      .evaluate((host: { shadowRoot: { querySelectorAll(all: string): unknown[] } | null }) =>
        [...(host.shadowRoot?.querySelectorAll('*') ?? [])].flatMap((element) => {
          const { animationName, transitionDuration } = (
            globalThis as unknown as { getComputedStyle(of: unknown): Record<string, string> }
          ).getComputedStyle(element)
          return animationName === 'none' && transitionDuration === '0s' ? [] : [animationName]
        }),
      )
  expect(await motions()).toEqual([])
  await tab.page.emulateMedia({ reducedMotion: 'no-preference' })
  expect(await motions()).not.toEqual([])
})

test('a browser of 2021, as some apps have it, shows the same button and wins', async () => {
  const tab = await openTab(browser, `${url}/c/${campaignId}`, newUser(), {
    before: `for (const root of [Document, ShadowRoot]) delete root.prototype.adoptedStyleSheets
      delete CSSStyleSheet.prototype.replaceSync
      delete AbortSignal.prototype.throwIfAborted
      delete AbortSignal.any
      delete AbortSignal.timeout
      delete Crypto.prototype.randomUUID
      delete Object.hasOwn
      delete globalThis.structuredClone
      for (const name of ['at', 'findLast', 'toSorted', 'toReversed', 'with']) delete Array.prototype[name]
      delete String.prototype.at
      delete Promise.withResolvers`,
  })
  await tab.reaches('open')
  const box = await tab.page.locator('firstcome-button [part=press]').boundingBox()
  expect(box?.height ?? 0).toBeGreaterThanOrEqual(48)
  await tab.press()
  await tab.reaches('granted')
  await tab.page.goto(`${url}/me/coupons`)
  const row = tab.page.locator('#coupons li')
  await row.getByRole('button', { name: 'Use' }).click()
  await row.getByText('used', { exact: true }).waitFor()
  expectClean(tab, url)
})
