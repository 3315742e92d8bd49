import type { Browser } from 'playwright-core'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import type { Timeline } from '../../client/operator-client.ts'
import { expectNoViolations } from '../harness/browser/expect-accessible.ts'
import { type OperatorTab, openConsole } from '../harness/browser/operator-tab.ts'
import { sharedBrowser } from '../harness/browser/shared-browser.ts'
import {
  ask,
  changeCampaign,
  createTestCampaign,
  newUser,
  operatorToken,
  press,
} from '../harness/processes/http-client.ts'
import { until } from '../harness/values/until.ts'

let browser: Browser
let url: string
let sale: { campaignId: string; name: string; timeline: Timeline }

const readTimeline = async (campaignId: string): Promise<Timeline> => {
  const { body } = await ask(`${url}/v1/admin/campaigns/${campaignId}/timeline`, { token: operatorToken() })
  return body as unknown as Timeline
}
const win = async (campaignId: string, count: number): Promise<void> => {
  for (let won = 0; won < count; won += 1) expect((await press(url, campaignId, newUser())).status).toBe(201)
}
/** Three grants, a pause, the sell-out with a fourth, more stock, and a fifth of six: it is open at last. */
const holdSale = async (changes: Record<string, unknown> = {}) => {
  const name = `Sale ${newUser().slice(-12)}`
  const campaignId = await createTestCampaign(url, { name, stock: 4, ...changes })
  await win(campaignId, 3)
  await changeCampaign(url, campaignId, 'pause', { reason: 'too fast' })
  expect((await press(url, campaignId, newUser())).body['code']).toBe('paused')
  await changeCampaign(url, campaignId, 'resume', { reason: 'on with it' })
  await win(campaignId, 1)
  expect((await press(url, campaignId, newUser())).body['code']).toBe('sold-out')
  await changeCampaign(url, campaignId, 'stock', { stock: 6, reason: 'more' })
  await win(campaignId, 1)
  const timeline = await until('all are rows', async () => {
    const found = await readTimeline(campaignId)
    return found.points.length === 5 && found
  })
  return { campaignId, name, timeline }
}
/** Hours, minutes, seconds and milliseconds of a time, so many hours east of Greenwich. */
const clockOf = (at: string, hours = 0): string =>
  new Date(Date.parse(at) + hours * 3_600_000).toISOString().slice(11, 23)
const inOrder = <Event extends { at: string }>(events: readonly Event[]): Event[] =>
  events.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at))

beforeAll(async () => {
  browser = await sharedBrowser()
  url = inject('apiUrls')[0]
  sale = await holdSale({ timeZone: 'Asia/Seoul' })
})

describe('the event line', () => {
  test.each(['light', 'dark'] as const)(
    'tells of a sale what the API says, to the millisecond, in the %s theme',
    async (colorScheme) => {
      const tab = await openConsole(browser, url, operatorToken(), { colorScheme, timezoneId: 'UTC' })
      /** A sale, and its events as they are shown. Many sales of other tests can push it out of the list. */
      const { name, campaignId, texts } = await until(
        'a sale is shown with all of its events',
        async () => {
          const held = await holdSale()
          const items = tab.page.locator('.events li', { hasText: held.name })
          const shown = await until(
            'they are there',
            async () => {
              const found = await items.allInnerTexts()
              return found.length === 7 && found
            },
            5_000,
          )
          // At midnight the day stands before the time.
          return { ...held, texts: shown.map((text) => text.replace(/^.*?(?=\d\d:)/, '')) }
        },
        50_000,
      )
      const { milestones, changes } = await readTimeline(campaignId)
      const words: Record<string, string> = {
        ...{ first: 'first grant', half: 'half of 4 granted', 'sold-out': 'sold out: all 4 granted' },
        ...{ created: 'created by operator', paused: 'paused by operator: too fast' },
        ...{ resumed: 'resumed by operator: on with it' },
        'stock-raised': 'stock raised to 6 by operator: more',
      }
      const events = inOrder([
        ...milestones.map(({ kind, at }) => ({ kind: kind as string, at })),
        ...changes.map(({ action, at }) => ({ kind: action as string, at })),
      ]).filter(({ kind }) => kind !== 'last')
      const expected = events.map(({ kind, at }) => `${clockOf(at)} ${words[kind]} ${name}`)
      expect(texts.toSorted()).toEqual(expected.toSorted())
      const clocks = events.map(({ at }) => clockOf(at))
      expect(texts.map((text) => text.slice(0, clocks[0]?.length))).toEqual(clocks.toReversed())
      // Nothing of it is read out by itself.
      expect(await tab.page.locator('.events [aria-live], .events [role=status]').count()).toBe(0)
      await expectNoViolations(tab.page, tab.page.url())
      expect(tab.complaints).toEqual([])
    },
  )
})

/** Opens the replay of the sale, and waits until it is there. */
const openReplay = async (options: Parameters<typeof openConsole>[3] = {}): Promise<OperatorTab> => {
  const tab = await openConsole(browser, url, operatorToken(), options)
  await tab.show(`/campaigns/${sale.campaignId}`)
  await tab.page.getByRole('link', { name: 'Replay of the sale' }).click()
  await tab.page.locator('.player').waitFor()
  return tab
}
const slider = ({ page }: OperatorTab) => page.getByRole('slider', { name: 'Moment of the sale' })
/** Time, granted, left and rate at the cursor. */
const values = ({ page }: OperatorTab): Promise<string[]> => page.locator('.player .tiles dd').allInnerTexts()
const press10 = async ({ page }: OperatorTab, key: string): Promise<void> => {
  for (let times = 0; times < 10; times += 1) await page.keyboard.press(key)
}

describe('the replay', () => {
  test('goes to every event that the API knows, and says how much was granted and left then', async () => {
    const tab = await openReplay()
    const { milestones, changes, points } = sale.timeline
    await tab.page.getByText('Times are those of Asia/Seoul.').waitFor()
    const stocks = changes.map(({ at, stock }) => ({ atMs: Date.parse(at), stock }))
    const events = inOrder([
      ...milestones.map(({ at }) => ({ at })),
      ...changes.filter(({ action }) => action !== 'created').map(({ at }) => ({ at })),
    ])
    expect(milestones.map(({ kind, rank }) => `${kind} ${rank}`)).toEqual([
      ...['first 1', 'half 2', 'sold-out 4', 'last 5'],
    ])
    for (const { at } of events) {
      const time = clockOf(at, 9)
      await tab.page.getByRole('button', { name: time }).first().click()
      const granted = points.filter((point) => Date.parse(point.at) <= Date.parse(at)).length
      const stock = stocks.findLast(({ atMs }) => atMs <= Date.parse(at))?.stock ?? 0
      const [shownTime, ...shown] = await values(tab)
      expect(shownTime).toContain(time)
      expect(shown.slice(0, 2)).toEqual([String(granted), String(stock - granted)])
      const spoken = `${shownTime}, ${granted} granted, ${stock - granted} left, ${shown[2]} a second`
      expect(await slider(tab).getAttribute('aria-valuetext')).toBe(spoken)
    }
    expect(tab.complaints).toEqual([])
  })

  test('is gone through by the keyboard alone', async () => {
    const tab = await openReplay()
    const { keyboard } = tab.page
    const position = async (): Promise<number> => Number(await slider(tab).inputValue())
    await slider(tab).focus()
    await keyboard.press('End')
    const end = await position()
    expect((await values(tab)).slice(1, 3)).toEqual(['5', '1'])
    await keyboard.press('ArrowLeft')
    const stepMs = end - (await position())
    expect(stepMs).toBeGreaterThan(0)
    await keyboard.press('ArrowRight')
    await keyboard.press('PageDown')
    expect(end - (await position())).toBe(10 * stepMs)
    await keyboard.press('Home')
    expect([await position(), ...(await values(tab)).slice(1, 3)]).toEqual([0, '0', '4'])
    await press10(tab, 'ArrowUp')
    expect(await position()).toBe(10 * stepMs)
    await keyboard.press('PageUp')
    await press10(tab, 'ArrowDown')
    expect(await position()).toBe(10 * stepMs)
    // From the slider to what plays it.
    await keyboard.press('Tab')
    expect(await tab.page.evaluate('document.activeElement.textContent')).toBe('Play')
  })

  test('plays to the end when it is asked to, and stops there', async () => {
    const tab = await openReplay()
    expect(await slider(tab).inputValue()).toBe('0')
    await tab.page.getByLabel('Speed').selectOption('60')
    await tab.page.getByRole('button', { name: 'Play', exact: true }).click()
    await until('it is at its end', async () => (await values(tab))[1] === '5')
    await tab.page.getByRole('button', { name: 'Play', exact: true }).waitFor()
    expect(await slider(tab).inputValue()).toBe(await slider(tab).getAttribute('max'))
  })

  test('goes by steps where less motion is asked for', async () => {
    const tab = await openReplay({ reducedMotion: 'reduce' })
    expect(await tab.page.getByRole('button', { name: 'Play', exact: true }).count()).toBe(0)
    const stepOn = tab.page.getByRole('button', { name: 'Step on' })
    await stepOn.click()
    expect(await slider(tab).inputValue()).toBe('1000')
    await tab.page.getByRole('button', { name: 'Step back' }).click()
    expect(await slider(tab).inputValue()).toBe('0')
    await tab.page.getByLabel('Speed').selectOption('60')
    await stepOn.click()
    expect((await values(tab))[1]).toBe('5')
  })

  test.each(['light', 'dark'] as const)(
    'can be used by a reader of the screen, in the %s theme',
    async (colorScheme) => {
      const tab = await openReplay({ colorScheme })
      await expectNoViolations(tab.page, tab.page.url())
      expect(tab.complaints).toEqual([])
    },
  )

  test('of a sale without a winner says so, and shows what was changed', async () => {
    const campaignId = await createTestCampaign(url)
    const tab = await openConsole(browser, url, operatorToken(), { locale: 'ko-KR' })
    await tab.show(`/campaigns/${campaignId}/replay`)
    await tab.page.getByText('기록된 발급이 없어 다시 볼 내용이 없습니다.').waitFor()
    await tab.page.locator('.events li', { hasText: '생성 (변경: operator)' }).waitFor()
    expect(await tab.page.locator('.player').count()).toBe(0)
  })
})
