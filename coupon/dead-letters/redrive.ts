import { messageOf } from '../../platform/failure.ts'
import type { Producer } from '../../platform/kafka/producer.ts'
import { splitIntoBatches } from '../../platform/kafka/split-into-batches.ts'
import {
  encodeRedrive,
  encodeRedriveNote,
  type RedriveNote,
  type RedriveOrigin,
  type StoredLetter,
} from '../log/dead-letter.ts'
import { deadLettersTopic, grantsTopic } from '../log/topics.ts'

/** A letter whose record was appended to the log again; the note says where. */
export type RedrivenLetter = { letter: StoredLetter; note: RedriveNote }

/** What happened to the letters of one produce. `unknown`: they may be in the log again, and stay open. */
export type RedriveOutcome =
  | { kind: 'redriven'; redriven: RedrivenLetter[] }
  | { kind: 'unknown'; letters: StoredLetter[]; failure: string }

/** One produce that Kafka rejects, for example because a record is too large, does not stop the others. */
const failuresInARowMax = 3

type RedriveOptions = {
  producer: Pick<Producer, 'append'>
  now(): number
  /** For the notes. */
  origin?: RedriveOrigin | undefined
}

/**
 * Appends the records of letters to the log again (acks=all), value and key unchanged, each to the partition
 * that it came from. Then notes this in the topic of dead letters. A letter whose note was not acknowledged
 * stays open: another redrive does no harm, because the recorder records a grant once. Ends after three
 * produces in a row that were not acknowledged.
 */
export async function* redrive(
  batches: AsyncIterable<readonly StoredLetter[]>,
  { producer, now, origin }: RedriveOptions,
): AsyncGenerator<RedriveOutcome> {
  const append = async (letters: StoredLetter[], to: number, from: number): Promise<RedriveOutcome> => {
    try {
      const firstOffset = await producer.append(grantsTopic, to, letters.map(encodeRedrive))
      const time = new Date(now()).toISOString()
      const redriven = letters.map((letter, index) => ({
        letter,
        note: { letter: letter.position, to: { partition: to, offset: firstOffset + index }, time, origin },
      }))
      const notes = redriven.map(({ note }) => encodeRedriveNote(note))
      await producer.append(deadLettersTopic, from, notes)
      return { kind: 'redriven', redriven }
    } catch (cause) {
      return { kind: 'unknown', letters, failure: messageOf(cause) }
    }
  }

  let failuresInARow = 0
  for await (const letters of batches)
    for (const sameWay of Map.groupBy(letters, partitionsOf).values())
      for (const batch of splitLetters(sameWay)) {
        const [first] = batch
        if (first === undefined) continue
        const outcome = await append(batch, first.origin.partition, first.position.partition)
        yield outcome
        failuresInARow = outcome.kind === 'unknown' ? failuresInARow + 1 : 0
        if (failuresInARow === failuresInARowMax) return
      }
}

/** From which partition to which: a produce has one partition, and so do its notes. */
const partitionsOf = ({ position, origin }: StoredLetter): string =>
  `${position.partition} ${origin.partition}`

const splitLetters = (letters: readonly StoredLetter[]): StoredLetter[][] => {
  let start = 0
  return splitIntoBatches(letters.map(encodeRedrive)).map(({ length }) =>
    letters.slice(start, (start += length)),
  )
}
