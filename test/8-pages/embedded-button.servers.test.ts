import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { expectAccessible } from '../harness/browser/expect-accessible.ts'
import { sharedBrowser } from '../harness/browser/shared-browser.ts'
import { type ShopSite, startShopSite } from '../harness/browser/shop-site.ts'
import { watchPage } from '../harness/browser/watch-page.ts'
import { createTestCampaign, newUser, tokenOf } from '../harness/processes/http-client.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'

let browser: Browser
let api: Running
let shop: ShopSite
let stranger: ShopSite

beforeAll(async () => {
  ;[browser, shop, stranger] = await Promise.all([sharedBrowser(), startShopSite(), startShopSite()])
  api = await startPart(
    'api',
    { ...inject('environment'), CORS_ORIGINS: shop.origin },
    { folder: inject('folder'), waitFor: 'ready' },
  )
})
afterAll(async () => {
  await Promise.all([api.stop(), shop.close(), stranger.close()])
})

/** A page in a browser of its own, and what went wrong in it. */
const openPage = async (address: string): Promise<Page & { complaints: string[]; origins: Set<string> }> => {
  const context = await browser.newContext({ locale: 'en-US' })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const watched = watchPage(page)
  await page.goto(address)
  return Object.assign(page, watched)
}
const element = (campaignId: string, attributes = ''): string =>
  `<main><h1>Shop</h1><script type="module" src="${api.url}/firstcome.js"></script>
  <firstcome-button campaign="${campaignId}" ${attributes}></firstcome-button></main>`
const inState = (page: Page, state: string) => page.locator(`firstcome-button[data-state=${state}]`)
const press = (page: Page) => page.locator('firstcome-button [part=press]').click()

describe('the element on a page of a shop', () => {
  test('asks the shop for the token, wins, and tells the shop', async () => {
    const campaignId = await createTestCampaign(api.url)
    const page = await openPage(shop.page(element(campaignId)))
    await inState(page, 'sign-in').waitFor()
    const told = page.evaluate<string[]>(`new Promise((done) => {
      const told = []
      const button = document.querySelector('firstcome-button')
      button.addEventListener('firstcome-sign-in', ({ type }) => {
        told.push(type)
        button.token = () => Promise.resolve('${tokenOf(newUser())}')
      })
      button.addEventListener('firstcome-granted', ({ type, detail }) => done([...told, type, detail.rank]))
    })`)
    await press(page)
    await inState(page, 'open').waitFor()
    await press(page)
    await inState(page, 'granted').waitFor()
    expect(await told).toEqual(['firstcome-sign-in', 'firstcome-granted', 1])
    await expectAccessible(page)
    expect(page.complaints).toEqual([])
    expect([...page.origins].sort()).toEqual([api.url, shop.origin].sort())
  })

  test('takes a token that the shop set before the script came', async () => {
    const campaignId = await createTestCampaign(api.url)
    const early = `<main><h1>Shop</h1><firstcome-button campaign="${campaignId}"></firstcome-button>
      <script>document.querySelector('firstcome-button').token = '${tokenOf(newUser())}'</script>
      <script type="module" src="${api.url}/firstcome.js"></script></main>`
    const page = await openPage(shop.page(early))
    await inState(page, 'open').waitFor()
    await press(page)
    await inState(page, 'granted').waitFor()
    expect(page.complaints).toEqual([])
  })

  test('works under the strictest policy that lets it be loaded', async () => {
    const campaignId = await createTestCampaign(api.url)
    const policy = `default-src 'none'; script-src ${api.url}; connect-src ${api.url}; img-src 'none'`
    const page = await openPage(shop.page(element(campaignId, 'lang="ko"'), policy))
    await inState(page, 'sign-in').waitFor()
    expect(await page.locator('firstcome-button [part=press]').innerText()).toBe('로그인하고 참여하기')
    expect(page.complaints.filter((text) => !text.includes('favicon'))).toEqual([])
  })

  test('says of a sale that does not exist that there is none', async () => {
    const page = await openPage(shop.page(element('0190aaaa-0000-7000-8000-000000000000')))
    await inState(page, 'missing').waitFor()
    expect(await page.locator('firstcome-button [part=press]').innerText()).toBe('No such sale')
  })

  test('shows nothing that is not so on a page whose origin the API does not list', async () => {
    const campaignId = await createTestCampaign(api.url)
    const page = await openPage(stranger.page(element(campaignId)))
    await expect.poll(() => page.complaints.join()).toContain('CORS')
    expect(await page.locator('firstcome-button').getAttribute('data-state')).toBeNull()
  })

  test('two on one page are two sales', async () => {
    const [first, second] = [await createTestCampaign(api.url), await createTestCampaign(api.url)]
    const both = `${element(first)}<firstcome-button campaign="${second}"></firstcome-button>`
    const page = await openPage(shop.page(both))
    await page.evaluate(
      `for (const button of document.querySelectorAll('firstcome-button')) button.token = '${tokenOf(newUser())}'`,
    )
    const last = page.locator('firstcome-button').last()
    await inState(page, 'open').last().waitFor()
    await last.locator('[part=press]').click()
    await inState(page, 'granted').waitFor()
    expect(await page.locator('firstcome-button').first().getAttribute('data-state')).toBe('open')
  })
})

describe('the page of a sale in a frame', () => {
  const frameOf = (campaignId: string): string =>
    `<script>
      globalThis.heard = []
      addEventListener('message', ({ origin, data }) => heard.push([origin, data.type]))
    </script>
    <main><h1>Shop</h1><iframe title="Sale" src="${api.url}/c/${campaignId}" width="500" height="800"></iframe></main>`
  const heard = (page: Page, type: string) =>
    page.waitForFunction(`heard.some(([origin, what]) => origin === '${api.url}' && what === '${type}')`)
  const send = (page: Page, token: string) =>
    page.evaluate(
      `document.querySelector('iframe').contentWindow.postMessage({ type: 'firstcome:token', token: '${token}' }, '${api.url}')`,
    )

  test('takes the token of the shop that embeds it, and wins', async () => {
    const campaignId = await createTestCampaign(api.url)
    const page = await openPage(shop.page(frameOf(campaignId)))
    const button = page.frameLocator('iframe').locator('firstcome-button')
    await heard(page, 'firstcome:ready')
    await button.locator('[part=press]').click()
    await heard(page, 'firstcome:sign-in')
    await send(page, tokenOf(newUser()))
    await button.and(page.frameLocator('iframe').locator('[data-state=open]')).waitFor()
    await button.locator('[part=press]').click()
    await button.and(page.frameLocator('iframe').locator('[data-state=granted]')).waitFor()
    expect(page.complaints).toEqual([])
  })

  test('is shown in no frame of any other site', async () => {
    const campaignId = await createTestCampaign(api.url)
    const page = await openPage(stranger.page(frameOf(campaignId)))
    await expect.poll(() => page.complaints.join()).toContain('frame-ancestors')
    expect(await page.frameLocator('iframe').locator('firstcome-button').count()).toBe(0)
  })

  test('takes no token of any other origin, which can open it in a window', async () => {
    const campaignId = await createTestCampaign(api.url)
    const evil = await openPage(stranger.page('<main><h1>Evil</h1></main>'))
    const opened = evil.waitForEvent('popup')
    await evil.evaluate(`void (globalThis.target = open('${api.url}/c/${campaignId}'))`)
    const page = await opened
    await inState(page, 'sign-in').waitFor()
    await page.evaluate(`addEventListener('message', () => (globalThis.arrived = true))`)
    await evil.evaluate(
      `target.postMessage({ type: 'firstcome:token', token: '${tokenOf(newUser())}' }, '*')`,
    )
    await page.waitForFunction('globalThis.arrived')
    expect(await page.evaluate(`sessionStorage.getItem('firstcome:token')`)).toBeNull()
    expect(await page.locator('firstcome-button').getAttribute('data-state')).toBe('sign-in')
  })
})
