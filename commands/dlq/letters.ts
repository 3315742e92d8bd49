import {
  type LogPosition,
  type RedriveNote,
  readDeadLetter,
  readRedriveNote,
  type StoredLetter,
} from '../../coupon/log/dead-letter.ts'
import type { TopicReader } from '../../platform/kafka/topic-reader.ts'
import type { PartitionOffsets, TopicAdmin } from '../../platform/kafka/topic-admin.ts'

/** A dead letter, and the note that it was redriven, where there is one. */
export type FoundLetter = { letter: StoredLetter; redriven: RedriveNote | undefined }

/** The topic of dead letters. Both reject with `unavailable` when Kafka does not answer. */
export type Letters = {
  /**
   * The letters that were not redriven, of those that lie in the topic at this moment; the oldest first, a fetch (1 MB) at a time.
   * With a reason, those of that class.
   */
  open(reason?: string): AsyncGenerator<StoredLetter[]>
  /** The letter at a place; `undefined` when none lies there, or no longer. */
  at(place: LogPosition): Promise<FoundLetter | undefined>
}

/** A bit for every offset of a stretch: a million dead letters take 125 KB. */
const createOffsetSet = ({ first, end }: PartitionOffsets) => {
  const bits = new Uint8Array(Math.ceil((end - first) / 8))
  return {
    add(offset: number): void {
      if (offset < first || offset >= end) return
      const at = offset - first
      bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7))
    },
    has(offset: number): boolean {
      const at = offset - first
      return ((bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0
    },
  }
}

export const createLetters = (options: {
  topics: Pick<TopicAdmin, 'offsets'>
  reader: Pick<TopicReader, 'read'>
  topic: string
}): Letters => {
  const { topics, topic } = options

  async function* read(partition: number, from: number, end: number) {
    for await (const values of options.reader.read(topic, partition, from, end))
      yield values.map((value) => ({ ...value, partition }))
  }

  /** A note lies behind its letter: everything is read before the first letter can be called open. */
  const readRedriven = async (stretch: PartitionOffsets) => {
    const redriven = createOffsetSet(stretch)
    for await (const records of read(stretch.partition, stretch.first, stretch.end))
      for (const record of records) {
        const note = readRedriveNote(record)
        if (note !== undefined) redriven.add(note.letter.offset)
      }
    return redriven
  }

  const noteOf = async (place: LogPosition, end: number): Promise<RedriveNote | undefined> => {
    for await (const records of read(place.partition, place.offset + 1, end))
      for (const record of records) {
        const note = readRedriveNote(record)
        if (note?.letter.offset === place.offset) return note
      }
    return undefined
  }

  return {
    async *open(reason) {
      for (const stretch of await topics.offsets(topic)) {
        const redriven = await readRedriven(stretch)
        for await (const records of read(stretch.partition, stretch.first, stretch.end)) {
          const letters = records
            .filter(({ offset }) => !redriven.has(offset))
            .map(readDeadLetter)
            .filter((letter) => letter !== undefined)
          yield reason === undefined ? letters : letters.filter((letter) => letter.reason === reason)
        }
      }
    },
    async at(place) {
      const stretches = await topics.offsets(topic)
      const stretch = stretches.find(({ partition }) => partition === place.partition)
      if (stretch === undefined || place.offset < stretch.first || place.offset >= stretch.end)
        return undefined
      for await (const [record] of read(place.partition, place.offset, place.offset + 1)) {
        const letter = record === undefined ? undefined : readDeadLetter(record)
        if (letter !== undefined) return { letter, redriven: await noteOf(place, stretch.end) }
      }
      return undefined
    },
  }
}
