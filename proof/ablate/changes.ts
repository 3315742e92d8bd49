import { Failure } from '../../platform/failure.ts'
import type { Change } from './safeguard.ts'

/** Takes the whole statement out. */
export const remove: Change = () => ''

/** Puts another text in place of the statement. */
export const replaceWith =
  (text: string): Change =>
  () =>
    text

/** Puts a text before the statement. */
export const insertBefore =
  (text: string): Change =>
  (block) =>
    `${text}\n${block}`

const escaped = (text: string): string => text.replaceAll(/[^\w\s]/g, String.raw`\$&`)

/** Matches the words and signs of a fragment of code, with any white space between them. */
const patternOf = (fragment: string): RegExp => {
  const tokens = fragment.match(/\w+|[^\w\s]/g) ?? []
  const parts = tokens.map((token, at) => {
    const isWordAfterWord = /\w/.test(token) && /\w$/.test(tokens[at - 1] ?? '')
    const comma = /[)\]}]/.test(token) ? String.raw`(?:,\s*)?` : ''
    return at === 0
      ? escaped(token)
      : `${isWordAfterWord ? String.raw`\s+` : String.raw`\s*`}${comma}${escaped(token)}`
  })
  return new RegExp(String.raw`(?<!\w(?=\w))${parts.join('')}(?!(?<=\w)\w)`, 'g')
}

/**
 * Puts other code in place of a fragment of the statement. White space does not count, nor the comma that
 * a formatter puts before a closing bracket. Throws `refused` unless the fragment occurs exactly once.
 */
export const swap =
  (fragment: string, other: string): Change =>
  (block) => {
    const count = [...block.matchAll(patternOf(fragment))].length
    if (count !== 1) throw new Failure('refused', `the statement has ${count} times: ${fragment}`)
    return block.replace(patternOf(fragment), () => other)
  }
