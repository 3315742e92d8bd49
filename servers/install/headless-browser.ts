import { existsSync } from 'node:fs'
import { installPackages } from './debian-packages.ts'

const program = '/usr/bin/chromium-headless-shell'

/**
 * The path of Debian's Chromium without a window, which is half as busy as the whole browser. Where it is
 * missing it is installed, with letters for Korean; `logFolder` gets what the installation prints.
 */
export const findHeadlessBrowser = async (logFolder: string): Promise<string> => {
  if (!existsSync(program))
    await installPackages([['chromium-headless-shell'], ['fonts-noto-cjk']], { logFolder })
  return program
}
