import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** What went wrong in a page, and the origins that it asked. */
export type WatchedPage = { complaints: string[]; origins: Set<string> }

/** What goes wrong in a page from now on: faults of scripts, refusals of its policy, and whom it asks. */
export const watchPage = (page: Page): WatchedPage => {
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

/** Nothing went wrong, and nobody else was asked for anything. */
export const expectClean = ({ complaints, origins }: WatchedPage, url: string): void => {
  expect(complaints).toEqual([])
  expect([...origins]).toEqual([new URL(url).origin])
}
