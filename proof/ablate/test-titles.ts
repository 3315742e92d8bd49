import type { FailingTest } from './safeguard.ts'

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`)

/** Placeholders in the title of a table: `%s`, `%i`, `%j`, `$name`. */
const placeholders = /%[sdifjo]|\$\w+/g

/**
 * Matches the titles that the runner reports for this title, or for one that begins with it. It is not
 * anchored, because the runner matches the words of `describe` in front of a title too.
 */
export const titlePatternOf = (title: string): string => title.split(placeholders).map(escaped).join('.*')

/** Counts the titles in a test file that are this one or begin with it. */
export const countTitles = (source: string, title: string): number => {
  const text = source.replaceAll(/\\(['"`])/g, '$1')
  return ["'", '"', '`'].reduce((count, quote) => count + text.split(`${quote}${title}`).length - 1, 0)
}

/** The title that the runner reports, except for placeholders. */
export const titleOf = ({ test, row }: FailingTest): string => row ?? test
