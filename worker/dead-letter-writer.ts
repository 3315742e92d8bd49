import { deadLettersTopic } from '../coupon/log/topics.ts'
import type { Producer } from '../platform/kafka/producer.ts'
import { splitIntoBatches } from '../platform/kafka/split-into-batches.ts'
import { type DeadLetter, encodeDeadLetter } from '../coupon/log/dead-letter.ts'

/** Keeps dead letters: value and key as they were, the origin and the reason in headers. */
export type DeadLetterWriter = {
  /** Resolves once the log has acknowledged them all; rejects when it is unknown. */
  write(letters: readonly DeadLetter[]): Promise<void>
}

/** They are few: all go to the first partition, in order. */
const partition = 0

export const createDeadLetterWriter = (producer: Producer, options: { now(): number }): DeadLetterWriter => ({
  async write(letters) {
    const time = new Date(options.now()).toISOString()
    const records = letters.map((letter) => encodeDeadLetter(letter, time))
    for (const produce of splitIntoBatches(records)) await producer.append(deadLettersTopic, partition, produce)
  },
})
