import type { Producer, RecordToAppend } from '../platform/kafka-producer.ts'
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

/** Half of Kafka's 1 MB a batch: what a person wrote into the topic by mistake must not be too large to be kept. */
const bytesInOneProduceMax = 500_000
/** What the headers of one letter take at the most. */
const headerBytesMax = 4_000

/** Cuts into runs that fit a produce. A letter larger than that goes alone: the topic takes 2 MB. */
const inProduces = (records: readonly RecordToAppend[]): RecordToAppend[][] => {
  const produces: RecordToAppend[][] = []
  let bytes = 0
  for (const record of records) {
    const own = (record.value?.length ?? 0) + (record.key?.length ?? 0) + headerBytesMax
    const last = bytes + own > bytesInOneProduceMax ? undefined : produces.at(-1)
    bytes = last === undefined ? own : bytes + own
    if (last === undefined) produces.push([record])
    else last.push(record)
  }
  return produces
}

export const createDeadLetters = (producer: Producer, options: { now(): number }): DeadLetters => ({
  async keep(letters) {
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
    for (const produce of inProduces(records)) await producer.append(deadLettersTopic, partition, produce)
  },
})
