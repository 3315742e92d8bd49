import type { StoredRecord } from '../../platform/kafka/consumer.ts'
import { headerText, type RecordHeaders } from '../../platform/kafka/headers.ts'
import type { RecordToAppend } from '../../platform/kafka/producer.ts'
import type { RejectReason } from '../ledger/rejected-grant.ts'
import { type UnreadableRecord } from './log-record.ts'
import { grantsTopic } from './topics.ts'

/** Why a record of the log cannot be stored. docs/dead-letters.md explains each reason and what to do. */
export type DeadLetterReason = UnreadableRecord['kind'] | RejectReason

/** A record that cannot be stored, and why. */
export type DeadLetter = { record: StoredRecord; reason: DeadLetterReason; message: string }

/** Position of a record in its topic, written as `0:17`. */
export type LogPosition = { partition: number; offset: number }

export const positionText = ({ partition, offset }: LogPosition): string => `${partition}:${offset}`

export const readPosition = (text: string): LogPosition | undefined => {
  const [, partition, offset] = /^(\d{1,9}):(\d{1,15})$/.exec(text) ?? []
  return partition === undefined ? undefined : { partition: Number(partition), offset: Number(offset) }
}

/** A dead letter in its topic, at `position`. */
export type StoredLetter = {
  position: LogPosition
  /** Value and key of the original record. */
  value: Buffer | null
  key: Buffer | null
  /** Position of the record in the log, and its Kafka timestamp, which its producer may have chosen. */
  origin: LogPosition & { topic: string; timestampMs: number }
  /** A `DeadLetterReason`, or one of a later version. */
  reason: string
  message: string
  /** When it became a dead letter (RFC 3339). */
  time: string
  /** How often the record was redriven before, and the dead letter of the last redrive. */
  redrives: number
  redriveOf: LogPosition | undefined
}

/** Who redrove a letter, and why. The command does not say so. */
export type RedriveOrigin = { by: string; why: string }

/** Records that the dead letter at `letter` was redriven to the log, at `to`. */
export type RedriveNote = {
  letter: LogPosition
  to: LogPosition
  time: string
  origin?: RedriveOrigin | undefined
}

const messageLengthMax = 1_000

/** Parses a header that this code wrote; `undefined` for any other text, which any producer can write. */
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

/** Encodes a dead letter: the original value and key, with origin and reason in headers. */
export const encodeDeadLetter = ({ record, reason, message }: DeadLetter, time: string): RecordToAppend => {
  const { redrives, redriveOf } = redrivesIn(record.headers)
  return {
    value: record.value,
    key: record.key,
    headers: {
      'origin-topic': grantsTopic,
      'origin-partition': String(record.partition),
      'origin-offset': String(record.offset),
      // Not a date: a producer can write a timestamp that no date holds, which must not stop the recorder.
      'origin-timestamp-ms': String(record.timestampMs),
      reason,
      message: message.slice(0, messageLengthMax),
      time,
      ...redriveHeaders(redrives, redriveOf),
    },
  }
}

/**
 * Encodes the original record for a redrive to the log. Its headers count the redrives; the recorder copies
 * them when the record becomes a dead letter again.
 */
export const encodeRedrive = ({ position: place, value, key, redrives }: StoredLetter): RecordToAppend => ({
  value,
  key,
  headers: redriveHeaders(redrives + 1, place),
})

/**
 * Encodes the note of a redrive, for the partition of its dead letter. There it follows the letter, so
 * retention never deletes the note before the letter, which would be open again.
 */
export const encodeRedriveNote = ({ letter, to, time, origin }: RedriveNote): RecordToAppend => ({
  value: null,
  key: null,
  headers: {
    redriven: positionText(letter),
    'redriven-to': positionText(to),
    time,
    ...(origin === undefined ? {} : { 'redriven-by': origin.by, 'redriven-why': origin.why }),
  },
})

type RawRecord = LogPosition & { value: Buffer | null; key: Buffer | null; headers: RecordHeaders }

/** Decodes a record of the dead-letter topic as a redrive note; `undefined` when it is none. */
export const readRedriveNote = ({ partition, headers }: RawRecord): RedriveNote | undefined => {
  const letter = readPosition(headerText(headers, 'redriven') ?? '')
  const to = readPosition(headerText(headers, 'redriven-to') ?? '')
  if (letter?.partition !== partition || to === undefined) return undefined
  const [by, why] = [headerText(headers, 'redriven-by'), headerText(headers, 'redriven-why')]
  return {
    ...{ letter, to, time: headerText(headers, 'time') ?? '' },
    origin: by === undefined ? undefined : { by, why: why ?? '' },
  }
}

/** Decodes a record of the dead-letter topic as a dead letter; `undefined` when it is none. */
export const readDeadLetter = (record: RawRecord): StoredLetter | undefined => {
  const { headers } = record
  const text = (name: string): string | undefined => headerText(headers, name)
  const [topic, reason] = [text('origin-topic'), text('reason')]
  const partition = integerIn(text('origin-partition'))
  const offset = integerIn(text('origin-offset'))
  const timestampMs = integerIn(text('origin-timestamp-ms'))
  // A redrive goes to the origin, which must be the log of grants.
  if (topic !== grantsTopic || reason === undefined) return undefined
  if (partition === undefined || offset === undefined || timestampMs === undefined) return undefined
  return {
    position: { partition: record.partition, offset: record.offset },
    value: record.value,
    key: record.key,
    reason,
    origin: { topic, partition, offset, timestampMs },
    message: text('message') ?? '',
    time: text('time') ?? '',
    ...redrivesIn(headers),
  }
}
