import { knownReasons } from './advice.ts'
import { strictIsoOf } from './letter-facts.ts'
import type { LetterHead } from './newest-letters.ts'

/** The group of reasons that this version does not know. */
const otherReason = 'other'

/** What letters are grouped by: the reasons that this version knows, and one group of all others. */
export const letterGroups: readonly string[] = [...knownReasons, otherReason]

export const groupOf = (reason: string): string => (knownReasons.includes(reason) ? reason : otherReason)

/** How many open letters a group has, and since when. */
export type LetterGroup = { reason: string; open: number; oldest: string | null; newest: string | null }

/** When a record became a letter. Null when its header is no time: any producer may write one. */
export const letterTime = ({ time }: Pick<LetterHead, 'time'>): string | null => strictIsoOf(Date.parse(time))

/** The groups that have letters, the largest first. */
export const groupLetters = (letters: readonly LetterHead[]): LetterGroup[] =>
  [...Map.groupBy(letters, ({ reason }) => groupOf(reason))]
    .map(([reason, ofReason]) => {
      const times = ofReason
        .map(letterTime)
        .filter((time) => time !== null)
        .toSorted()
      return { reason, open: ofReason.length, oldest: times[0] ?? null, newest: times.at(-1) ?? null }
    })
    .toSorted((one, other) => other.open - one.open)
