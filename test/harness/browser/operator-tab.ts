import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { watchPage } from './watch-page.ts'

/** A tab of an operator. `complaints` are faults of scripts and refusals of the content security policy. */
export type OperatorTab = {
  page: Page
  complaints: string[]
  origins: Set<string>
  /** Goes to a view: `/campaigns`. */
  show(view: string): Promise<void>
  /** Confirms the dialog that is open, with a reason when there is one. */
  confirm(typed: string, reason?: string): Promise<void>
}

/** Opens the console for one test, and signs in by hand unless `token` is empty. */
export const openConsole = async (
  browser: Browser,
  url: string,
  token: string,
  options: BrowserContextOptions = {},
): Promise<OperatorTab> => {
  const context = await browser.newContext({ locale: 'en-US', ...options })
  // A live view draws every second for as long as it is open.
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const watched = watchPage(page)
  await page.goto(`${url}/console`)
  if (token !== '') {
    await page.locator('.sign-in input').fill(token)
    await page.locator('.sign-in button').click()
    await page.locator('nav').waitFor()
  }
  return {
    ...{ page, ...watched },
    show: async (view) => void (await page.evaluate(`location.hash = ${JSON.stringify(`#${view}`)}`)),
    async confirm(typed, reason) {
      const dialog = page.locator('dialog')
      if (reason !== undefined) await dialog.getByLabel(/Reason/).fill(reason)
      await dialog.locator('.field input').last().fill(typed)
      await dialog.locator('button[type=submit]').click()
    },
  }
}

/** The button with exactly this name. */
export const button = ({ page }: Pick<OperatorTab, 'page'>, name: string): Locator =>
  page.getByRole('button', { name, exact: true })
