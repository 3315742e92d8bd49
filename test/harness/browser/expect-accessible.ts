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

/** axe-core finds nothing to say about the page as it is now. `what` says in a failure what was shown. */
export const expectNoViolations = async (
  page: Page,
  what: string,
  options: { runOnly?: string[] } = {},
): Promise<void> => {
  if (!(await page.evaluate<boolean>(`'axe' in globalThis`))) await page.evaluate(axe)
  const { violations } = await page.evaluate<{
    violations: { id: string; nodes: { html: string }[] }[]
  }>(`axe.run(document, ${JSON.stringify(options)})`)
  const found = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
  expect([what, found]).toEqual([what, []])
}

/** The same in light and in dark. */
export const expectAccessible = async (page: Page): Promise<void> => {
  // A colour that is on its way to another is judged by neither.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expectNoViolations(page, colorScheme, rules[colorScheme])
  }
}
