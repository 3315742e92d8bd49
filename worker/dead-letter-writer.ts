import { type DeadLetter, encodeDeadLetter } from '../coupon/log/dead-letter.ts'
import { deadLettersTopic } from '../coupon/log/topics.ts'
import type { Producer } from '../platform/kafka/producer.ts'
import { splitIntoBatches } from '../platform/kafka/split-into-batches.ts'

/** Writes dead letters: the original value and key, with origin and reason in headers. */
export type DeadLetterWriter = {
  /**
   * Resolves when Kafka has acknowledged all of them. Rejects with `unavailable`: they may still be written.
   */
  write(letters: readonly DeadLetter[]): Promise<void>
}

/** Dead letters are few: all go to the first partition, in order. */
const partition = 0

export const createDeadLetterWriter = (producer: Producer, options: { now(): number }): DeadLetterWriter => ({
  async write(letters) {
    const time = new Date(options.now()).toISOString()
    const records = letters.map((letter) => encodeDeadLetter(letter, time))
    for (const batch of splitIntoBatches(records)) await producer.append(deadLettersTopic, partition, batch)
  },
})
