import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { inject } from 'vitest'
import { installPackages } from '../../../servers/install/debian-packages.ts'

const program = '/usr/bin/chromium-headless-shell'

/** Starts Debian's Chromium without a window. It is installed where it is missing. */
export const startBrowser = async (): Promise<Browser> => {
  if (!existsSync(program))
    await installPackages([['chromium-headless-shell'], ['fonts-noto-cjk']], { logFolder: inject('folder') })
  return chromium.launch({ executablePath: program, args: ['--no-sandbox'] })
}
