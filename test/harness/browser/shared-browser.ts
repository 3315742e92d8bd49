import { type Browser, chromium } from 'playwright-core'
import { inject } from 'vitest'
import { findHeadlessBrowser } from '../../../servers/install/headless-browser.ts'

const launch = async (): Promise<Browser> =>
  chromium.launch({ executablePath: await findHeadlessBrowser(inject('folder')), args: ['--no-sandbox'] })

let launched: Promise<Browser> | undefined

/**
 * Debian's Chromium without a window. The test files of one fork share it, each test in contexts of its own,
 * and it ends with the fork.
 */
export const sharedBrowser = (): Promise<Browser> => {
  launched ??= launch()
  return launched
}
