import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { tokenOf } from '../processes/http-client.ts'
import { until } from '../values/until.ts'
import { watchPage } from './watch-page.ts'

/** A tab of one shopper, and what went wrong in it. */
export type ShopperTab = {
  page: Page
  /** Messages of the browser: faults of scripts, refusals of the content security policy. */
  complaints: string[]
  /** Everything that was asked for, by its origin. */
  origins: Set<string>
  /** Waits until the button is in this state. */
  reaches(state: string): Promise<void>
  press(): Promise<void>
  /** The text of a part of the button, as it is shown. */
  text(part: string): Promise<string>
  /** The part of the button that has the focus; empty when it is elsewhere. */
  focusedPart(): Promise<string>
  /** What a reader of the screen is told beside the focus. */
  told(): Promise<string>
  /** Another tab of the same person. */
  another(url: string): Promise<ShopperTab>
}

type TabOptions = BrowserContextOptions & {
  /** Milliseconds that the clock of this machine is ahead. */
  clockAheadMs?: number
  /** In place of a plain token of the user. */
  token?: string
  /** Run before every page: what this browser lacks, or does differently. */
  before?: string
}

const open = async (
  context: Awaited<ReturnType<Browser['newContext']>>,
  url: string,
): Promise<ShopperTab> => {
  const page = await context.newPage()
  const { complaints, origins } = watchPage(page)
  await page.goto(url)
  const button = page.locator('firstcome-button')
  return {
    ...{ page, complaints, origins },
    async reaches(state) {
      await until(`the button is ${state}`, async () => (await button.getAttribute('data-state')) === state)
    },
    press: () => button.locator('[part=press]').click(),
    text: (part) => button.locator(`[part=${part}]`).innerText(),
    focusedPart: () =>
      button.evaluate(
        (element: { shadowRoot: { activeElement: { getAttribute(name: string): string } | null } | null }) =>
          element.shadowRoot?.activeElement?.getAttribute('part') ?? '',
      ),
    told: async () => (await button.locator('[part=live]').textContent()) ?? '',
    another: (other) => open(context, other),
  }
}

/** Opens a page as this shopper, or as somebody who is not signed in. */
export const openTab = async (
  browser: Browser,
  url: string,
  userId: string | undefined,
  { clockAheadMs = 0, token: given, before, ...options }: TabOptions = {},
): Promise<ShopperTab> => {
  const context = await browser.newContext({ locale: 'en-US', ...options })
  // A page that counts down draws for as long as it is open.
  onTestFinished(() => context.close())
  const token = given ?? (userId === undefined ? '' : tokenOf(userId))
  await context.addInitScript(
    ([kept, aheadMs]) => {
      if (kept !== '') sessionStorage.setItem('firstcome:token', kept)
      const own = Date.now.bind(Date)
      Date.now = () => own() + aheadMs
    },
    [token, clockAheadMs] as const,
  )
  if (before !== undefined) await context.addInitScript(before)
  return open(context, url)
}
