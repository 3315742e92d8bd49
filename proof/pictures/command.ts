import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { interruption, withOwnSystem } from '../../load/bench/own-system.ts'
import { defineCommand } from '../../platform/command.ts'
import { Failure } from '../../platform/failure.ts'
import { optional } from '../../platform/option.ts'
import type { ProgressDisplay } from '../../platform/progress-display.ts'
import { findHeadlessBrowser } from '../../servers/install/headless-browser.ts'
import { type Look, takePicture } from './picture.ts'
import { createScenes, type PictureSystem } from './scenes.ts'

const folder = join(import.meta.dirname, '..', '..', 'docs', 'pictures')
/** All of them together: a clone should not be much larger for them. */
const bytesMax = 1_000_000

const light = (device: Look['device'], language: Look['language']): Look => ({
  ...{ device, theme: 'light', language },
})
const dark = (device: Look['device'], language: Look['language']): Look => ({
  ...{ device, theme: 'dark', language },
})
// In this order: what a scene leaves behind is seen by the console and on the front page.
const looks = {
  front: [light('desktop', 'en'), dark('phone', 'ko')],
  console: [light('desktop', 'en'), dark('desktop', 'ko'), light('phone', 'en')],
  countdown: [light('phone', 'en'), dark('phone', 'ko'), light('desktop', 'en')],
  granted: [light('phone', 'en'), dark('phone', 'ko'), dark('desktop', 'en')],
  'sold-out': [light('phone', 'ko'), dark('phone', 'en')],
  coupons: [light('phone', 'en'), dark('phone', 'ko')],
} satisfies Record<keyof ReturnType<typeof createScenes>, Look[]>
const names = Object.keys(looks) as (keyof typeof looks)[]

const startBrowser = async (logFolder: string): Promise<Browser> =>
  chromium.launch({ executablePath: await findHeadlessBrowser(logFolder), args: ['--no-sandbox'] })

const systemOf = (environment: NodeJS.ProcessEnv): PictureSystem => ({
  url: environment['API_URL'] ?? '',
  adminToken: environment['ADMIN_TOKEN'] ?? '',
  jwtSecret: environment['JWT_SECRET'] ?? '',
  environment,
})

/** Takes the pictures of these scenes. Returns the lines that say so. */
const takeAll = async (
  system: PictureSystem,
  browser: Browser,
  wanted: readonly (keyof typeof looks)[],
  progress: ProgressDisplay,
): Promise<{ lines: string[]; bytes: number }> => {
  const scenes = createScenes(system)
  await mkdir(folder, { recursive: true })
  const lines: string[] = []
  let bytes = 0
  for (const name of wanted)
    for (const look of looks[name]) {
      const file = `${name}-${look.device}-${look.theme}-${look.language}.webp`
      const size = await progress.step(file, async () => {
        const page = await scenes[name](browser, look)
        try {
          return await takePicture(browser, page, join(folder, file))
        } finally {
          await page.context().close()
        }
      })
      bytes += size
      lines.push(`  ${file.padEnd(36)}${size.toLocaleString('en').padStart(9)} bytes`)
    }
  return { lines, bytes }
}

/** Takes the pictures of the documents in a system of its own, with Debian's Chromium. */
export const createPicturesCommand = (progress: ProgressDisplay) =>
  defineCommand({
    name: 'npm run pictures --',
    summary: 'Starts a system of its own, takes the pictures of the pages, and writes docs/pictures.',
    options: {
      only: optional({
        placeholder: 'SCENE',
        help: `one scene: ${names.join(', ')}`,
        expected: names.join(', '),
        parse: (text) => names.find((name) => name === text),
      }),
    },
    exitCodes: {
      taken: [0, 'all pictures are taken'],
      interrupted: [130, 'a signal ended it'],
    },
    async run({ only }, { environment, print }): Promise<'taken' | 'interrupted'> {
      const own = await mkdtemp(join(tmpdir(), 'firstcome-pictures-'))
      const browser = await startBrowser(own)
      try {
        const { lines, bytes } = await withOwnSystem({ folder: own, environment }, async (reached) =>
          takeAll(systemOf(reached), browser, only === undefined ? names : [only], progress),
        )
        if (bytes > bytesMax)
          throw new Failure('refused', `the pictures have ${bytes} bytes, more than ${bytesMax}`)
        if (only === undefined) await removeOthers(lines.map((line) => line.trim().split(' ')[0] ?? ''))
        await print({ text: `${lines.join('\n')}\n`, json: { bytes } })
        return 'taken'
      } catch (cause) {
        if (cause === interruption) return 'interrupted'
        throw cause
      } finally {
        await browser.close()
        await rm(own, { recursive: true, force: true })
      }
    },
  })

/** A picture that is taken no more is removed. */
const removeOthers = async (taken: readonly string[]): Promise<void> => {
  for (const file of await readdir(folder))
    if (file.endsWith('.webp') && !taken.includes(file)) await rm(join(folder, file))
}
