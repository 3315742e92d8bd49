import type { CaughtBy } from './safeguard.ts'

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`)

/** Placeholders of a table's title: `%s`, `%i`, `%j`, `$name`. */
const placeholders = /%[sdifjo]|\$\w+/g

/** Matches the titles that a test of this title, or one that begins so, has once it runs. */
export const patternOf = (title: string): string => `^${title.split(placeholders).map(escaped).join('.*')}`

/** How many titles of this test file are this one or begin so. */
export const titlesLike = (source: string, title: string): number => {
  const text = source.replaceAll(/\\(['"`])/g, '$1')
  return ["'", '"', '`'].reduce((count, quote) => count + text.split(`${quote}${title}`).length - 1, 0)
}

/** The title that the test has when it runs, placeholders aside. */
export const titleOf = ({ test, row }: CaughtBy): string => row ?? test
