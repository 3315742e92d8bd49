import {
  encodeRedrive,
  encodeRedriveNote,
  type RedriveNote,
  type StoredLetter,
} from '../../coupon/log/dead-letter.ts'
import { deadLettersTopic, grantsTopic } from '../../coupon/log/topics.ts'
import { messageOf } from '../../platform/failure.ts'
import type { Producer } from '../../platform/kafka/producer.ts'
import { inProduces } from '../../platform/kafka/split-into-batches.ts'

/** A letter that lies in the log again, and where. */
export type Redriven = { letter: StoredLetter; note: RedriveNote }

/** What became of letters that went out in one produce. `unknown`: they may lie in the log again, and stay open. */
export type RedriveOutcome =
  | { kind: 'redriven'; redriven: Redriven[] }
  | { kind: 'unknown'; letters: StoredLetter[]; fault: string }

/** One produce that the log does not take, a record too large for it for instance, must not keep the others from going. */
const faultsInARowMax = 3

/**
 * Produces letters to the log again, acks=all, value and key as they were, each to the partition that it lay in, and then notes in
 * the topic of dead letters that they were. A letter whose note was not acknowledged stays open: a second redrive does no harm,
 * because the recorder takes the same grant once. Ends early after three produces in a row that were not acknowledged.
 */
export async function* redrive(
  batches: AsyncIterable<readonly StoredLetter[]>,
  { producer, now }: { producer: Producer; now(): number },
): AsyncGenerator<RedriveOutcome> {
  const append = async (letters: StoredLetter[], to: number, from: number): Promise<RedriveOutcome> => {
    try {
      const firstOffset = await producer.append(grantsTopic, to, letters.map(encodeRedrive))
      const time = new Date(now()).toISOString()
      const redriven = letters.map((letter, index) => ({
        letter,
        note: { letter: letter.place, to: { partition: to, offset: firstOffset + index }, time },
      }))
      const notes = redriven.map(({ note }) => encodeRedriveNote(note))
      await producer.append(deadLettersTopic, from, notes)
      return { kind: 'redriven', redriven }
    } catch (cause) {
      return { kind: 'unknown', letters, fault: messageOf(cause) }
    }
  }

  let faultsInARow = 0
  for await (const letters of batches)
    for (const ofWay of Map.groupBy(letters, wayOf).values())
      for (const one of produceable(ofWay)) {
        const [first] = one
        if (first === undefined) continue
        const outcome = await append(one, first.origin.partition, first.place.partition)
        yield outcome
        faultsInARow = outcome.kind === 'unknown' ? faultsInARow + 1 : 0
        if (faultsInARow === faultsInARowMax) return
      }
}

/** A produce has one partition, and so have its notes. */
const wayOf = ({ place, origin }: StoredLetter): string => `${place.partition} ${origin.partition}`

const produceable = (letters: readonly StoredLetter[]): StoredLetter[][] => {
  let at = 0
  return inProduces(letters.map(encodeRedrive)).map(({ length }) => letters.slice(at, (at += length)))
}
