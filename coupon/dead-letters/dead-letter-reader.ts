import type { PartitionOffsets, TopicAdmin } from '../../platform/kafka/topic-admin.ts'
import type { TopicReader } from '../../platform/kafka/topic-reader.ts'
import {
  type LogPosition,
  type RedriveNote,
  readDeadLetter,
  readRedriveNote,
  type StoredLetter,
} from '../log/dead-letter.ts'

/** A dead letter, and the note of its redrive if it was redriven. */
export type FoundLetter = { letter: StoredLetter; redriven: RedriveNote | undefined }

/** Reads the topic of dead letters. All reject `unavailable` when Kafka does not answer. */
export type DeadLetterReader = {
  /**
   * The letters that are in the topic now and were not redriven, the oldest first, one fetch (1 MB) at a
   * time. With a reason, only those of that reason.
   */
  readOpen(reason?: string): AsyncGenerator<StoredLetter[]>
  /** The letter at a position; `undefined` when no letter is there, or retention removed it. */
  find(position: LogPosition): Promise<FoundLetter | undefined>
  /**
   * The letters at positions that the topic has, in their order, open or not. What lies between them is read
   * too, one fetch at a time.
   */
  readAt(positions: readonly LogPosition[]): AsyncGenerator<StoredLetter[]>
}

/** One bit for each offset of a partition: a million dead letters take 125 KB. */
const createOffsetSet = ({ first, end }: PartitionOffsets) => {
  const bits = new Uint8Array(Math.ceil((end - first) / 8))
  return {
    add(offset: number): void {
      if (offset < first || offset >= end) return
      const index = offset - first
      bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7))
    },
    has(offset: number): boolean {
      const index = offset - first
      return ((bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0
    },
  }
}

export const createDeadLetterReader = (options: {
  topics: Pick<TopicAdmin, 'offsets'>
  reader: Pick<TopicReader, 'read'>
  topic: string
}): DeadLetterReader => {
  const { topics, topic } = options

  async function* read(partition: number, from: number, end: number) {
    for await (const values of options.reader.read(topic, partition, from, end))
      yield values.map((value) => ({ ...value, partition }))
  }

  /**
   * The note of a redrive follows its letter: the whole partition is read before the first letter counts as
   * open.
   */
  const readRedriven = async (offsets: PartitionOffsets) => {
    const redriven = createOffsetSet(offsets)
    for await (const records of read(offsets.partition, offsets.first, offsets.end))
      for (const record of records) {
        const note = readRedriveNote(record)
        if (note !== undefined) redriven.add(note.letter.offset)
      }
    return redriven
  }

  const findNote = async (position: LogPosition, end: number): Promise<RedriveNote | undefined> => {
    for await (const records of read(position.partition, position.offset + 1, end))
      for (const record of records) {
        const note = readRedriveNote(record)
        if (note?.letter.offset === position.offset) return note
      }
    return undefined
  }

  async function* readAt(positions: readonly LogPosition[]): AsyncGenerator<StoredLetter[]> {
    for (const [partition, ofPartition] of Map.groupBy(positions, (position) => position.partition)) {
      const asked = new Set(ofPartition.map(({ offset }) => offset))
      const [first, last] = [Math.min(...asked), Math.max(...asked)]
      for await (const records of read(partition, first, last + 1))
        yield records
          .filter(({ offset }) => asked.has(offset))
          .map(readDeadLetter)
          .filter((letter) => letter !== undefined)
    }
  }

  return {
    readAt,
    async *readOpen(reason) {
      for (const offsets of await topics.offsets(topic)) {
        const redriven = await readRedriven(offsets)
        for await (const records of read(offsets.partition, offsets.first, offsets.end)) {
          const letters = records
            .filter(({ offset }) => !redriven.has(offset))
            .map(readDeadLetter)
            .filter((letter) => letter !== undefined)
          yield reason === undefined ? letters : letters.filter((letter) => letter.reason === reason)
        }
      }
    },
    async find(position) {
      const partitions = await topics.offsets(topic)
      const offsets = partitions.find(({ partition }) => partition === position.partition)
      if (offsets === undefined || position.offset < offsets.first || position.offset >= offsets.end)
        return undefined
      for await (const [letter] of readAt([position]))
        if (letter !== undefined) return { letter, redriven: await findNote(position, offsets.end) }
      return undefined
    },
  }
}
