import type { OneAtATime } from '../../platform/one-at-a-time.ts'
import { withTimeout } from '../../platform/with-timeout.ts'
import { type LogPosition, positionText, type StoredLetter } from '../log/dead-letter.ts'
import type { DeadLetterReader, FoundLetter } from './dead-letter-reader.ts'
import { isCovered, type LettersAt, type RecentLetters } from './recent-letters.ts'

/**
 * The letter at a position among the newest ones, open or not; `undefined` when none is there. Rejects
 * `unavailable` when Kafka does not answer in time.
 */
export type FindLetter = (position: LogPosition) => Promise<FoundLetter | undefined>

export type FindLetterOptions = {
  recent: Pick<RecentLetters, 'read' | 'readNow'>
  letters: Pick<DeadLetterReader, 'readAt'>
  lane: OneAtATime
  timeoutMs: number
}

export const createFindLetter = ({ recent, letters, lane, timeoutMs }: FindLetterOptions): FindLetter => {
  /** A letter may be younger than the last reading. */
  const readFor = async (position: LogPosition): Promise<LettersAt> => {
    const known = await recent.read()
    return isCovered(known, position) ? known : recent.readNow()
  }
  const readOne = async (position: LogPosition): Promise<StoredLetter | undefined> => {
    for await (const [letter] of letters.readAt([position])) if (letter !== undefined) return letter
    return undefined
  }

  return async (position) => {
    const known = await readFor(position)
    if (!isCovered(known, position)) return undefined
    const reading = lane(() => readOne(position))
    const letter = await withTimeout(reading, timeoutMs, 'Kafka: no answer')
    return letter && { letter, redriven: known.notes.get(positionText(position)) }
  }
}
