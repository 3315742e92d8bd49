import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { gateKey } from '../../coupon/gate/keys.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { expectAccessible } from '../harness/browser/expect-accessible.ts'
import { sharedBrowser } from '../harness/browser/shared-browser.ts'
import { openTab, type ShopperTab } from '../harness/browser/shopper-tab.ts'
import { ask, createTestCampaign, newUser, operatorToken, press } from '../harness/processes/http-client.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'
import { type OwnServers, startOwnServers } from '../harness/servers/own-servers.ts'
import { createFirstCampaign } from '../harness/setup/whole-system.ts'
import { openRedis } from '../harness/values/armed-gate.ts'
import { until } from '../harness/values/until.ts'

/** Servers of this file alone: its Kafka stops, its worker is paused, and a gate is lost. */
let servers: OwnServers
let browser: Browser
let api: Running
let worker: Running
let redis: RedisClient

beforeAll(async () => {
  ;[browser, servers] = await Promise.all([sharedBrowser(), startOwnServers('confirming-page')])
  const settings = { ...servers.environment, PUBLISH_DEADLINE_MS: '300', SOLD_OUT_MEMORY_MS: '100' }
  const options = { folder: inject('folder'), waitFor: 'ready' } as const
  ;[api, worker, redis] = await Promise.all([
    startPart('api', settings, options),
    startPart('worker', settings, options),
    openRedis(servers.environment['REDIS_URL'] ?? ''),
  ])
  await createFirstCampaign(servers.environment, [api.url])
})
const goOn = (): void => {
  servers.resume()
  process.kill(worker.pid, 'SIGCONT')
}
afterEach(goOn)
afterAll(async () => {
  redis.close()
  await Promise.all([api.stop(), worker.stop()])
  await servers.stop()
})

const openSale = async (): Promise<{ tab: ShopperTab; campaignId: string; user: string }> => {
  const [campaignId, user] = [await createTestCampaign(api.url, { stock: 5 }), newUser()]
  const tab = await openTab(browser, `${api.url}/c/${campaignId}`, user)
  await tab.reaches('open')
  return { tab, campaignId, user }
}

test('while Kafka stands still a win is being confirmed, also after a refresh and in the list, and is theirs once it is in the log', async () => {
  const { tab } = await openSale()
  servers.pause('kafka')
  await tab.press()
  await tab.reaches('confirming')
  expect(await tab.text('press')).toBe('Being confirmed …')
  // It is not shown as won before it is: neither the place nor the colour.
  expect(await tab.page.locator('firstcome-button').getAttribute('data-result')).toBe('')
  expect(await tab.text('figure')).toBe('4')
  await expectAccessible(tab.page)
  await tab.page.reload()
  await tab.reaches('confirming')
  const list = await tab.another(`${api.url}/me/coupons`)
  const rows = list.page.locator('#coupons li')
  await rows.getByText('being recorded …').waitFor()
  expect(await rows.getByRole('button').count()).toBe(0)
  await expectAccessible(list.page)
  servers.resume()
  await tab.reaches('usable')
  expect(await tab.text('note')).toMatch(/^You were 1st\. Use it until/)
  await rows.getByRole('button', { name: 'Use' }).waitFor()
})

test('a coupon that has no row yet is used as soon as it has one', async () => {
  const { tab, campaignId, user } = await openSale()
  process.kill(worker.pid, 'SIGSTOP')
  await press(api.url, campaignId, user)
  const { page } = await tab.another(`${api.url}/me/coupons`)
  await page.getByRole('button', { name: 'Use' }).click()
  await page.locator('#state').getByText('This coupon is being recorded.').waitFor()
  goOn()
  await page.locator('#coupons').getByText('used', { exact: true }).waitFor()
  expect(await page.locator('#state').innerText()).toContain('Used.')
})

test('while a gate is lost a sale recovers, for all who look and who press, and goes on where it was', async () => {
  const { tab, campaignId } = await openSale()
  const winner = newUser()
  const won = await press(api.url, campaignId, winner)
  const coupon = `${api.url}/v1/admin/coupons/${String(won.body['id'])}`
  await until('it is a row', async () => (await ask(coupon, { token: operatorToken() })).status === 200)
  // Nobody repairs it meanwhile.
  process.kill(worker.pid, 'SIGSTOP')
  await redis.command('DEL', gateKey(campaignId))
  await tab.press()
  await tab.reaches('recovering')
  // All who look are told from memory, by the stream.
  await (await openTab(browser, `${api.url}/c/${campaignId}`, undefined)).reaches('recovering')
  expect(await tab.text('note')).toContain('No coupon is lost')
  await expectAccessible(tab.page)
  await tab.page.reload()
  await tab.reaches('recovering')
  // What is a row is theirs, whatever is lost.
  const lucky = await openTab(browser, `${api.url}/c/${campaignId}`, winner)
  await lucky.reaches('usable')
  goOn()
  await tab.reaches('open')
  await tab.press()
  await tab.reaches('granted')
  expect(await tab.text('figure')).toBe('2nd')
})
