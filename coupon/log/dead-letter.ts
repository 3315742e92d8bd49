import { headerText, type RecordHeaders } from '../../platform/kafka/headers.ts'
import type { StoredRecord } from '../../platform/kafka/consumer.ts'
import type { RecordToAppend } from '../../platform/kafka/producer.ts'
import type { RejectReason } from '../ledger/log-slice.ts'
import { type UnreadableRecord } from './log-record.ts'
import { grantsTopic } from './topics.ts'

/** Why a record of the log is no row; docs/dead-letters.md says of each how it comes about and what to do. */
export type DeadLetterReason = UnreadableRecord['kind'] | RejectReason

/** A record that can not be stored, and why. */
export type DeadLetter = { record: StoredRecord; reason: DeadLetterReason; message: string }

/** Where a record lies in its topic. People write it as `0:17`. */
export type LogPosition = { partition: number; offset: number }

export const positionText = ({ partition, offset }: LogPosition): string => `${partition}:${offset}`

export const readPosition = (text: string): LogPosition | undefined => {
  const [, partition, offset] = /^(\d{1,9}):(\d{1,15})$/.exec(text) ?? []
  return partition === undefined ? undefined : { partition: Number(partition), offset: Number(offset) }
}

/** A dead letter as it lies in the topic of dead letters, at `place`. */
export type StoredLetter = {
  position: LogPosition
  /** As they were in the log. */
  value: Buffer | null
  key: Buffer | null
  /** Where the record lay in the log, and the time that Kafka had for it: any number that a producer could write. */
  origin: LogPosition & { topic: string; timestampMs: number }
  /** A class of `DeadLetterReason`, or one that a later version knows. */
  reason: string
  message: string
  /** When it became a dead letter (RFC 3339). */
  time: string
  /** How often this record had been produced to the log again before, and from which dead letter the last time. */
  redrives: number
  redriveOf: LogPosition | undefined
}

/** Says that the dead letter at `letter` was produced to the log again, where it lies at `to`. */
export type RedriveNote = { letter: LogPosition; to: LogPosition; time: string }

const messageLengthMax = 1_000

/** A number that this code wrote; anybody can write anything into a topic. */
const integerIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^-?\d{1,19}$/.test(text) ? Number(text) : undefined

const redrivesIn = (headers: RecordHeaders): Pick<StoredLetter, 'redrives' | 'redriveOf'> => ({
  redrives: Math.max(0, integerIn(headerText(headers, 'redrives')) ?? 0),
  redriveOf: readPosition(headerText(headers, 'redrive-of') ?? ''),
})

const redriveHeaders = (redrives: number, redriveOf: LogPosition | undefined): Record<string, string> => ({
  redrives: String(redrives),
  ...(redriveOf === undefined ? {} : { 'redrive-of': positionText(redriveOf) }),
})

/** The record that keeps a dead letter: value and key as they were, the origin and the reason in headers. */
export const encodeDeadLetter = ({ record, reason, message }: DeadLetter, time: string): RecordToAppend => {
  const { redrives, redriveOf } = redrivesIn(record.headers)
  return {
    value: record.value,
    key: record.key,
    headers: {
      'origin-topic': grantsTopic,
      'origin-partition': String(record.partition),
      'origin-offset': String(record.offset),
      // No date: a producer may have written a time that none can hold, and that must not stop the recorder.
      'origin-timestamp-ms': String(record.timestampMs),
      reason,
      message: message.slice(0, messageLengthMax),
      time,
      ...redriveHeaders(redrives, redriveOf),
    },
  }
}

/**
 * The record of the log that a dead letter was, once more. Its headers count the redrives, and the recorder hands them on when
 * it becomes a dead letter again.
 */
export const encodeRedrive = ({ position: place, value, key, redrives }: StoredLetter): RecordToAppend => ({
  value,
  key,
  headers: redriveHeaders(redrives + 1, place),
})

/**
 * The note of a redrive, for the partition that its letter lies in: there it comes after the letter, so that retention never
 * takes the note and leaves the letter, which would be open again.
 */
export const encodeRedriveNote = ({ letter, to, time }: RedriveNote): RecordToAppend => ({
  value: null,
  key: null,
  headers: { redriven: positionText(letter), 'redriven-to': positionText(to), time },
})

type RawRecord = LogPosition & { value: Buffer | null; key: Buffer | null; headers: RecordHeaders }

/** Reads a record of the topic of dead letters as the note of a redrive; `undefined` when it is none. */
export const readRedriveNote = ({ partition, headers }: RawRecord): RedriveNote | undefined => {
  const letter = readPosition(headerText(headers, 'redriven') ?? '')
  const to = readPosition(headerText(headers, 'redriven-to') ?? '')
  return letter?.partition === partition && to !== undefined
    ? { letter, to, time: headerText(headers, 'time') ?? '' }
    : undefined
}

/** Reads a record of the topic of dead letters as a letter; `undefined` when it is none. */
export const readDeadLetter = (record: RawRecord): StoredLetter | undefined => {
  const { headers } = record
  const text = (name: string): string | undefined => headerText(headers, name)
  const [topic, reason] = [text('origin-topic'), text('reason')]
  const partition = integerIn(text('origin-partition'))
  const offset = integerIn(text('origin-offset'))
  const timestampMs = integerIn(text('origin-timestamp-ms'))
  // A redrive goes to the origin, and only the log of grants is one.
  if (topic !== grantsTopic || reason === undefined) return undefined
  if (partition === undefined || offset === undefined || timestampMs === undefined) return undefined
  return {
    position: { partition: record.partition, offset: record.offset },
    ...{ value: record.value, key: record.key, reason },
    origin: { topic, partition, offset, timestampMs },
    message: text('message') ?? '',
    time: text('time') ?? '',
    ...redrivesIn(headers),
  }
}
