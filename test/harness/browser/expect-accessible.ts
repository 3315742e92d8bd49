import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What can differ between light and dark. */
const rules = {
  light: {},
  dark: { runOnly: ['color-contrast', 'link-in-text-block'] },
}

/** axe-core finds nothing to say about the page as it is now, in light and in dark. */
export const expectAccessible = async (page: Page): Promise<void> => {
  // A colour that is on its way to another is judged by neither.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.evaluate(axe)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations } = await page.evaluate<{
      violations: { id: string; nodes: { html: string }[] }[]
    }>(`axe.run(document, ${JSON.stringify(rules[colorScheme])})`)
    const found = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
    expect([colorScheme, found]).toEqual([colorScheme, []])
  }
}
