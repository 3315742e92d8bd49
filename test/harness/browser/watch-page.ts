import type { Page } from 'playwright-core'

/** What goes wrong in a page from now on: faults of scripts, refusals of its policy, and whom it asks. */
export const watchPage = (page: Page): { complaints: string[]; origins: Set<string> } => {
  const [complaints, origins]: [string[], Set<string>] = [[], new Set()]
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => {
    // What the API refuses is no fault of the page.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  page.on('request', (request) => {
    // A file that the page made itself is at no host.
    if (!request.url().startsWith('blob:')) origins.add(new URL(request.url()).origin)
  })
  return { complaints, origins }
}
