import { type Browser, chromium } from 'playwright-core'
import { inject } from 'vitest'
import { findHeadlessBrowser } from '../../../servers/install/headless-browser.ts'

/** Starts Debian's Chromium without a window. */
export const startBrowser = async (): Promise<Browser> =>
  chromium.launch({ executablePath: await findHeadlessBrowser(inject('folder')), args: ['--no-sandbox'] })
