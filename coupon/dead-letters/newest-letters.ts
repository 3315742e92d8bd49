import type { PartitionOffsets } from '../../platform/kafka/topic-admin.ts'
import type { TopicReader, TopicRecord } from '../../platform/kafka/topic-reader.ts'
import {
  positionText,
  type RedriveNote,
  readDeadLetter,
  readRedriveNote,
  type StoredLetter,
} from '../log/dead-letter.ts'

/** A letter without the bytes of its record. */
export type LetterHead = Omit<StoredLetter, 'value' | 'key'>

/** The letters in the newest records of the topic. */
export type NewestLetters = {
  /** Those that were not redriven, the newest first within a partition. */
  open: LetterHead[]
  /** The notes of those that were, by the position of the letter. */
  notes: ReadonlyMap<string, RedriveNote>
  /** What was read: letters outside are not known. */
  covered: readonly PartitionOffsets[]
  /** Whether all that the topic has was read. */
  isWhole: boolean
}

/** Where a reading stops. */
export type ReadingLimits = { recordsMax: number; bytesMax: number; timeMs: number }

/** The first windows are small: their records may be of a megabyte each. */
const windowMin = 32
const windowMax = 1_024
/** Our own headers are shorter. */
const headerLengthMax = 1_000

/** A letter without its bytes; texts are cut. */
export const headOf = ({ value: _, key: __, ...head }: StoredLetter): LetterHead => ({
  ...head,
  reason: head.reason.slice(0, headerLengthMax),
  message: head.message.slice(0, headerLengthMax),
  time: head.time.slice(0, headerLengthMax),
})

const bytesOf = (records: readonly TopicRecord[]): number =>
  records.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0)

/**
 * Reads the topic from its end backwards, in windows, until it is read or a limit is reached. The note of a
 * redrive follows its letter in the same partition. So all that is covered is known for sure, however little
 * that is, and one pass is enough. The bytes of records are not kept. Rejects `unavailable` when Kafka does
 * not answer.
 */
export const readNewestLetters = async (
  {
    topic,
    partitions,
    read,
  }: { topic: string; partitions: readonly PartitionOffsets[] } & Pick<TopicReader, 'read'>,
  { recordsMax, bytesMax, timeMs }: ReadingLimits,
  monotonicMs: () => number,
): Promise<NewestLetters> => {
  const untilMs = monotonicMs() + timeMs
  let [recordsLeft, bytesLeft] = [recordsMax, bytesMax]
  const open: LetterHead[] = []
  const notes = new Map<string, RedriveNote>()

  /** The letters of a window. Undefined when a limit was reached within it: then it counts as not read. */
  const readWindow = async (partition: number, from: number, end: number) => {
    const heads: LetterHead[] = []
    const found: RedriveNote[] = []
    for await (const records of read(topic, partition, from, end)) {
      bytesLeft -= bytesOf(records)
      if (bytesLeft < 0 || monotonicMs() > untilMs) return undefined
      for (const record of records) {
        const raw = { ...record, partition }
        const note = readRedriveNote(raw)
        if (note !== undefined) found.push(note)
        const letter = readDeadLetter(raw)
        if (letter !== undefined) heads.push(headOf(letter))
      }
    }
    return { heads, found }
  }

  const readPartition = async ({ partition, first, end }: PartitionOffsets): Promise<PartitionOffsets> => {
    let from = end
    for (let size = windowMin; from > first; size = Math.min(windowMax, size * 2)) {
      const start = Math.max(first, from - Math.min(size, recordsLeft))
      const window = start === from ? undefined : await readWindow(partition, start, from)
      if (window === undefined) break
      for (const note of window.found) notes.set(positionText(note.letter), note)
      open.push(...window.heads.filter(({ position }) => !notes.has(positionText(position))).reverse())
      recordsLeft -= from - start
      from = start
    }
    return { partition, first: from, end }
  }

  const covered: PartitionOffsets[] = []
  for (const offsets of partitions) covered.push(await readPartition(offsets))
  const isWhole = partitions.every(({ first }, index) => covered[index]?.first === first)
  return { open, notes, covered, isWhole }
}
