import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { createOperatorClient, type NewCampaign } from '../../client/operator-client.ts'
import { createClient } from '../../client/shopper-client.ts'
import { createTokenSigner } from '../../platform/http/token.ts'
import { type Look, openLook } from './picture.ts'

/** How the system is reached in which the pictures are taken. */
export type PictureSystem = {
  url: string
  adminToken: string
  jwtSecret: string
  environment: NodeJS.ProcessEnv
}

/** Brings a page to where its picture is taken. */
export type Scene = (browser: Browser, look: Look) => Promise<Page>

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const tokenLifetimeSeconds = 3_600
const loadMain = join(import.meta.dirname, '..', '..', 'load', 'main.ts')
const knownForMs = 2_000
const consoleBeforeMs = 8_000
const consoleAfterMs = 5_000
/** Presses that are under way at the same time. */
const pressesMax = 50

const words = {
  en: { name: 'Black Friday', title: 'Welcome coupon', earlier: ['Free delivery', 'Autumn sale'] },
  ko: { name: '블랙 프라이데이', title: '환영 쿠폰', earlier: ['무료 배송', '가을 세일'] },
} as const

/** The scenes of which there are pictures, by the names of their files. */
export const createScenes = ({ url, adminToken, jwtSecret, environment }: PictureSystem) => {
  const operator = createOperatorClient({ url, token: adminToken })
  const sign = createTokenSigner(jwtSecret)
  const newToken = (): string => sign(`picture-${randomUUID()}`, tokenLifetimeSeconds)

  const createSale = async (
    { language }: Look,
    changes: Partial<NewCampaign> = {},
    title: string = words[language].title,
  ): Promise<string> => {
    const at = (offsetMs: number): string => new Date(Date.now() + offsetMs).toISOString()
    const { id } = await operator.createCampaign(
      {
        ...{ name: words[language].name, stock: 10_000, perUserLimit: 1 },
        ...{ opensAt: at(0), closesAt: at(dayMs), timeZone: 'Asia/Seoul' },
        coupon: {
          title,
          discount: { kind: 'amount', value: 5_000, currency: 'KRW' },
          usableUntil: at(30 * dayMs),
        },
        ...changes,
      },
      randomUUID(),
    )
    return id
  }
  const press = (id: string, token: string): Promise<unknown> => createClient({ url, token }).issue(id)
  const pressBefore = async (id: string, count: number): Promise<void> => {
    for (let pressed = 0; pressed < count; pressed += pressesMax)
      await Promise.all(
        Array.from({ length: Math.min(pressesMax, count - pressed) }, () => press(id, newToken())),
      )
  }
  const openSale = (browser: Browser, look: Look, id: string): Promise<Page> =>
    openLook(browser, look, { url: `${url}/c/${id}`, token: newToken() })
  const inState = async (page: Page, state: string): Promise<Page> => {
    await page.locator(`firstcome-button[data-state=${state}]`).waitFor()
    await page.locator('firstcome-button [part=uncertain]').getByText('±').waitFor()
    return page
  }

  const scenes = {
    async console(browser, look) {
      const page = await openLook(browser, look, { url: `${url}/console` })
      await page.locator('.sign-in input').fill(adminToken)
      await page.keyboard.press('Enter')
      await page.locator('.banner').waitFor()
      const shoppers = ['burst', '--shoppers', '8000', '--stock', '5000']
      // The curves begin before the burst, and end behind it.
      await wait(consoleBeforeMs)
      await promisify(execFile)(process.execPath, [loadMain, ...shoppers], { env: environment })
      await wait(consoleAfterMs)
      await page.locator('.banner[data-standing=holds]').waitFor()
      return page
    },
    async front(browser, look) {
      const { name, earlier } = words[look.language]
      await pressBefore(await createSale(look, { name: earlier[1], stock: 120 }), 120)
      await operator.pause(await createSale(look, { name: earlier[0], stock: 800 }), { reason: 'A picture.' })
      await pressBefore(await createSale(look, { name, stock: 500 }), 180)
      // The front page may know what was a second ago.
      await wait(knownForMs)
      const page = await openLook(browser, look, { url })
      await page.locator('.coupons [data-state=sold-out]').first().waitFor()
      return page
    },
    async countdown(browser, look) {
      const opensAt = new Date(Date.now() + 95_000).toISOString()
      return inState(await openSale(browser, look, await createSale(look, { opensAt })), 'scheduled')
    },
    async granted(browser, look) {
      const id = await createSale(look)
      await pressBefore(id, 416)
      const page = await inState(await openSale(browser, look, id), 'open')
      await page.locator('firstcome-button [part=press]').click()
      return inState(page, 'granted')
    },
    async 'sold-out'(browser, look) {
      const id = await createSale(look, { stock: 250 })
      const page = await inState(await openSale(browser, look, id), 'open')
      await pressBefore(id, 250)
      return inState(page, 'sold-out')
    },
    async coupons(browser, look) {
      const token = newToken()
      const { earlier } = words[look.language]
      for (const title of earlier) await press(await createSale(look, { name: title }, title), token)
      const id = await createSale(look)
      await pressBefore(id, 11)
      await press(id, token)
      const page = await openLook(browser, look, { url: `${url}/me/coupons`, token })
      const rows = page.locator('#coupons li')
      await rows.last().locator('button').click()
      await page.locator('#coupons [data-state=redeemed] button').waitFor()
      return page
    },
  } satisfies Record<string, Scene>
  return scenes
}
