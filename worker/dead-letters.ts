import type { Producer } from '../platform/kafka-producer.ts'
import type { StoredRecord } from '../platform/kafka-consumer.ts'
import type { BrokenReason } from '../coupon/ledger/stretch.ts'
import { deadLettersTopic, grantsTopic } from '../coupon/grant.ts'

/** A record that can not be stored, and why. */
export type DeadLetter = { record: StoredRecord; reason: BrokenReason | 'undecodable'; message: string }

/** Keeps dead letters: value and key as they were, the origin and the reason in headers. */
export type DeadLetters = {
  /** Resolves once the log has acknowledged them all; rejects when it is unknown. */
  keep(letters: readonly DeadLetter[]): Promise<void>
}

/** They are few: all go to the first partition, in order. */
const partition = 0

export const createDeadLetters = (producer: Producer, options: { now(): number }): DeadLetters => ({
  async keep(letters) {
    if (letters.length === 0) return
    const time = new Date(options.now()).toISOString()
    const records = letters.map(({ record, reason, message }) => ({
      value: record.value,
      key: record.key,
      headers: {
        'origin-topic': grantsTopic,
        'origin-partition': String(record.partition),
        'origin-offset': String(record.offset),
        reason,
        message: message.slice(0, 1_000),
        time,
      },
    }))
    await producer.append(deadLettersTopic, partition, records)
  },
})
