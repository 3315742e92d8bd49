import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openTab } from '../harness/browser/shopper-tab.ts'
import { startBrowser } from '../harness/browser/start-browser.ts'
import { ask, createTestCampaign, newUser } from '../harness/processes/http-client.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
let browser: Browser
let url: string
let campaignId: string

beforeAll(async () => {
  browser = await startBrowser()
  url = inject('apiUrls')[0]
  campaignId = await createTestCampaign(url, { stock: 1_000 })
})
afterAll(() => browser.close())

const paths = ['/', '/c/CAMPAIGN', '/me/coupons', '/docs', '/problems/sold-out']

test.each(paths.flatMap((path) => ['light', 'dark'].map((theme) => [path, theme] as const)))(
  'a reader of the screen can use %s, in the %s theme',
  async (path, theme) => {
    const tab = await openTab(browser, `${url}${path.replace('CAMPAIGN', campaignId)}`, newUser(), {
      colorScheme: theme as 'light' | 'dark',
    })
    if (path.startsWith('/c/')) await tab.reaches('open')
    await tab.page.evaluate(axe)
    const { violations } = await tab.page.evaluate<{
      violations: { id: string; nodes: { html: string }[] }[]
    }>('axe.run()')
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
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

test('nothing moves when the button comes', async () => {
  const tab = await openTab(browser, `${url}/c/${campaignId}`, newUser(), {
    viewport: { width: 390, height: 844 },
  })
  await tab.reaches('open')
  const shift = await tab.page.evaluate<number>(`new Promise((done) => {
    let sum = 0
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value })
      .observe({ type: 'layout-shift', buffered: true })
    setTimeout(() => done(sum), 200)
  })`)
  expect(shift).toBeLessThan(0.01)
})

test('the target of a press is at least 48 pixels high and wide', async () => {
  const tab = await openTab(browser, `${url}/c/${campaignId}`, newUser(), {
    viewport: { width: 320, height: 600 },
  })
  await tab.reaches('open')
  const box = await tab.page.locator('firstcome-button [part=press]').boundingBox()
  expect(Math.min(box?.height ?? 0, box?.width ?? 0)).toBeGreaterThanOrEqual(48)
})
