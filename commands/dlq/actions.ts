import type { DeadLetterReader, FoundLetter } from '../../coupon/dead-letters/dead-letter-reader.ts'
import { redrive } from '../../coupon/dead-letters/redrive.ts'
import { type LogPosition, positionText, type StoredLetter } from '../../coupon/log/dead-letter.ts'
import { deadLettersTopic } from '../../coupon/log/topics.ts'
import type { Output } from '../../platform/command.ts'
import { Failure } from '../../platform/failure.ts'
import type { Producer } from '../../platform/kafka/producer.ts'
import {
  dryRunDocuments,
  dryRunText,
  listDocuments,
  listText,
  redriveDocuments,
  redriveText,
} from './report.ts'
import { showDocument, showText } from './show.ts'

/** How many letters `list` prints for people. */
export const listedMax = 100

/** The open letters, the oldest first; without a limit `listedMax` as text and all as JSON. */
export const listLetters = (
  letters: DeadLetterReader,
  { reason, limit }: { reason: string | undefined; limit: number | undefined },
): Output => ({
  text: listText(letters.readOpen(reason), limit ?? listedMax),
  jsonLines: listDocuments(letters.readOpen(reason), limit ?? Infinity),
})

const find = async (letters: DeadLetterReader, position: LogPosition): Promise<FoundLetter> => {
  const found = await letters.find(position)
  if (found !== undefined) return found
  throw new Failure('refused', `${deadLettersTopic} has no dead letter at ${positionText(position)}`)
}

/** One letter, open or not. Rejects `refused` when this position has no letter. */
export const showLetter = async (letters: DeadLetterReader, position: LogPosition): Promise<Output> => {
  const found = await find(letters, position)
  return { text: showText(found), json: showDocument(found) }
}

const findOpen = async (letters: DeadLetterReader, position: LogPosition): Promise<StoredLetter> => {
  const { letter, redriven } = await find(letters, position)
  if (redriven === undefined) return letter
  const to = `${positionText(redriven.to)} of ${letter.origin.topic}`
  throw new Failure(
    'refused',
    `${positionText(position)} was redriven ${redriven.time}: its record is at ${to}`,
  )
}

async function* only<Item>(item: Item): AsyncGenerator<Item> {
  yield item
}

/**
 * Redrives one letter, or all that are open now; a dry run writes nothing. The work is done while the output
 * is read. Rejects `refused` when there is no such letter or it was redriven before. The output ends with
 * `unavailable` when Kafka did not acknowledge a part.
 */
export const redriveLetters = async (
  { letters, producer, now }: { letters: DeadLetterReader; producer: Producer; now(): number },
  which: { position: LogPosition } | { reason: string | undefined },
  isDryRun: boolean,
): Promise<Output> => {
  const open =
    'position' in which ? only([await findOpen(letters, which.position)]) : letters.readOpen(which.reason)
  if (isDryRun) return { text: dryRunText(open), jsonLines: dryRunDocuments(open) }
  const outcomes = redrive(open, { producer, now })
  return { text: redriveText(outcomes), jsonLines: redriveDocuments(outcomes) }
}
