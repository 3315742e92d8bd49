import { writeFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'

/** How somebody looks at a page. */
export type Look = {
  device: 'phone' | 'desktop'
  theme: 'light' | 'dark'
  language: 'en' | 'ko'
}

const viewports = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 1.5 },
  desktop: { viewport: { width: 1_280, height: 800 }, deviceScaleFactor: 1 },
} as const
const locales = { en: 'en-GB', ko: 'ko-KR' } as const
const timeZones = { en: 'Europe/London', ko: 'Asia/Seoul' } as const
const quality = 0.85

/** Opens a page as this person sees it. `token`: the shopper's, who is signed in. */
export const openLook = async (
  browser: Browser,
  { device, theme, language }: Look,
  { url, token }: { url: string; token?: string },
): Promise<Page> => {
  const context = await browser.newContext({
    ...viewports[device],
    ...{ colorScheme: theme, locale: locales[language], timezoneId: timeZones[language] },
    // A colour that is on its way to another is none of the page.
    reducedMotion: 'reduce',
  })
  if (token !== undefined)
    await context.addInitScript(`sessionStorage.setItem('firstcome:token', ${JSON.stringify(token)})`)
  const page = await context.newPage()
  await page.goto(url)
  return page
}

/** Encodes a picture again: a page of text is a fifth of its PNG. Chromium takes none as WebP itself. */
const toWebp = async (browser: Browser, png: Buffer): Promise<Buffer> => {
  const page = await browser.newPage()
  try {
    const encoded = await page.evaluate<string>(`(async () => {
      const picture = new Image()
      picture.src = 'data:image/png;base64,${png.toString('base64')}'
      await picture.decode()
      const canvas = Object.assign(document.createElement('canvas'), { width: picture.width, height: picture.height })
      canvas.getContext('2d').drawImage(picture, 0, 0)
      return canvas.toDataURL('image/webp', ${quality})
    })()`)
    return Buffer.from(encoded.slice(encoded.indexOf(',') + 1), 'base64')
  } finally {
    await page.close()
  }
}

const desktopHeightMax = 1_250

/** A window as high as what it shows, within bounds. On a phone it is what is seen without scrolling. */
const fitWindow = async (page: Page): Promise<void> => {
  const { width = 0 } = page.viewportSize() ?? {}
  if (width < viewports.desktop.viewport.width) return
  const wanted = await page.evaluate<number>(
    'Math.ceil(document.body.getBoundingClientRect().bottom + scrollY)',
  )
  await page.setViewportSize({ width, height: Math.min(desktopHeightMax, Math.max(400, wanted)) })
}

/** Takes a picture, writes it, and returns its bytes. */
export const takePicture = async (browser: Browser, page: Page, file: string): Promise<number> => {
  await page.evaluate('document.fonts.ready')
  await fitWindow(page)
  const webp = await toWebp(browser, await page.screenshot())
  await writeFile(file, webp)
  return webp.length
}
