import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { createProxy, type Proxy } from '../../servers/network/proxy.ts'
import { openTab } from '../harness/browser/shopper-tab.ts'
import { startBrowser } from '../harness/browser/start-browser.ts'
import { createTestCampaign, newUser } from '../harness/processes/http-client.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'

let browser: Browser
let api: Running
let toRedis: Proxy
let toKafka: Proxy
let toApi: Proxy
let url: string

beforeAll(async () => {
  browser = await startBrowser()
  const environment = inject('environment')
  const redis = new URL(environment['REDIS_URL'] ?? '')
  const [host = '', port = ''] = (environment['KAFKA_BROKERS'] ?? '').split(':')
  toRedis = await createProxy({ host: redis.hostname, port: Number(redis.port) })
  toKafka = await createProxy({ host, port: Number(port) })
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
  await browser.close()
  await api.stop()
  await Promise.all([toRedis.close(), toKafka.close(), toApi.close()])
})

test('while Redis does not answer a press is unanswered, never sold out, and resolves itself when it does', async () => {
  const campaignId = await createTestCampaign(api.url, { stock: 1 })
  const tab = await openTab(browser, `${url}/c/${campaignId}`, newUser())
  await tab.reaches('open')
  // The press waits on its way to the gate, and nobody knows.
  toRedis.hold()
  await tab.press()
  await tab.reaches('unanswered')
  expect(await tab.text('note')).toContain('Pressing again is safe')
  toRedis.release()
  await tab.reaches('already')
  expect(await tab.text('note')).toContain('number 1')
})

test('a connection that is lost in the middle of a press leaves it unanswered, until the page hears of the win', async () => {
  const campaignId = await createTestCampaign(api.url, { stock: 1 })
  const tab = await openTab(browser, `${url}/c/${campaignId}`, newUser())
  await tab.reaches('open')
  toApi.hold('answers')
  await tab.press()
  await tab.reaches('unanswered')
  toApi.release()
  await tab.reaches('already')
  expect(await tab.text('note')).toContain('number 1')
})
