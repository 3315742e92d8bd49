import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { expectNoViolations } from '../harness/browser/expect-accessible.ts'
import { button, type OperatorTab, openConsole } from '../harness/browser/operator-tab.ts'
import { sharedBrowser } from '../harness/browser/shared-browser.ts'
import { createTestCampaign, newUser, operatorToken } from '../harness/processes/http-client.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'
import { namedTokens } from '../harness/values/named-tokens.ts'

let browser: Browser
let api: Running

beforeAll(async () => {
  browser = await sharedBrowser()
  api = await startPart(
    'api',
    { ...inject('environment'), REHEARSAL_SHOPPERS_MAX: '500' },
    { folder: inject('folder'), waitFor: 'ready' },
  )
})
afterAll(async () => {
  await api.stop()
})

/** Starts a rehearsal from its dialog, once those of other tests are over. */
const rehearse = async (tab: OperatorTab, fields: Record<string, string>): Promise<void> => {
  const dialog = tab.page.locator('dialog')
  for (const [name, value] of Object.entries(fields)) await dialog.getByLabel(name).fill(value)
  for (;;) {
    await button(tab, 'Start the rehearsal').click()
    const answer = dialog
      .getByText('is a rehearsal that has not ended')
      .or(tab.page.locator('#rehearsal:visible'))
    await answer.first().waitFor()
    if ((await dialog.count()) === 0) return
  }
}

test('one button rehearses a campaign: it is marked, ends by itself, and shows the verdict of its audit', async () => {
  const name = `Sale ${newUser().slice(-12)}`
  const campaignId = await createTestCampaign(api.url, { name, stock: 100 })
  const tab = await openConsole(browser, api.url, operatorToken())
  const { page } = tab
  await tab.show(`/campaigns/${campaignId}`)
  await button(tab, 'Rehearse').click()
  await page.getByText('Synthetic shoppers press at a copy of this campaign.').waitFor()
  await page.locator('dialog').getByText('At most 500').waitFor()
  await button(tab, 'Start the rehearsal').click()
  await page.getByText('Give a reason of 1 to 200 characters.').waitFor()
  await page.locator('dialog').getByLabel('Shoppers').fill('501')
  await page
    .locator('dialog')
    .getByLabel(/Reason/)
    .fill('a test')
  await button(tab, 'Start the rehearsal').click()
  await page.locator('dialog').getByText('/shoppers: expected at most 500').waitFor()
  await rehearse(tab, { Shoppers: '300', 'Presses a second': '150' })
  const banner = page.locator('#rehearsal')
  await banner.getByText('Rehearsal: no real coupons.').waitFor()
  expect(await page.getByRole('link', { name: 'Edit', exact: true }).count()).toBe(0)
  await page.locator('h1', { hasText: `Rehearsal: ${name}` }).waitFor()
  await banner.getByText('Audit: ✓ pass').waitFor()
  await banner.getByText(/^Rehearsal over: 330 presses in .* 100 granted/).waitFor()
  expect(await page.locator('h1').innerText()).toMatch(/closed\s+rehearsal$/)
  await page.locator('#audit', { hasText: '✓ pass' }).waitFor()
  await page
    .locator('#changes')
    .getByText(/^Rehearsal over: 330 presses in .* 100 granted/)
    .waitFor()
  expect(await page.getByText('Page for shoppers').count()).toBe(0)
  await expectNoViolations(page, 'a rehearsal')
  await tab.show('/campaigns')
  await page.getByLabel('Name contains').fill(name)
  await page.keyboard.press('Enter')
  await page
    .locator('tbody tr', { hasText: `Rehearsal: ${name}` })
    .locator('[data-rehearsal]')
    .waitFor()
  await page.getByRole('link', { name: `Rehearsal: ${name}` }).click()
  await banner.getByRole('link', { name: 'The campaign' }).click()
  await page.locator('h1', { hasText: name, hasNotText: 'Rehearsal' }).waitFor()
  expect(await banner.isVisible()).toBe(false)
  expect(tab.complaints).toEqual([])
})

test('nobody is offered a rehearsal who may not start one, or where there are none', async () => {
  const campaignId = await createTestCampaign(api.url)
  const where = [
    [api.url, namedTokens.viewer],
    [inject('apiUrls')[0], operatorToken()],
  ] as const
  for (const [url, token] of where) {
    const tab = await openConsole(browser, url, token)
    await tab.show(`/campaigns/${campaignId}`)
    await tab.page.locator('#changes table').waitFor()
    expect(await button(tab, 'Rehearse').count()).toBe(0)
  }
})
