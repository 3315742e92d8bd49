import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { StoredRecord } from '../../platform/kafka/consumer.ts'
import type { RecordToAppend } from '../../platform/kafka/producer.ts'
import { bytes } from '../../test/harness/values/arbitraries.ts'
import {
  encodeDeadLetter,
  encodeRedrive,
  encodeRedriveNote,
  positionText,
  readDeadLetter,
  readPosition,
  readRedriveNote,
} from './dead-letter.ts'
import { grantsTopic } from './topics.ts'

const bytesOrNone = fc.option(bytes)
const positions = fc.record({ partition: fc.nat(999_999_999), offset: fc.nat({ max: 2 ** 31 - 1 }) })
/** Headers that another producer may write: bytes, text or lists of them, under names of its choice. */
const one = fc.oneof(bytes, fc.string(), positions.map(positionText), fc.maxSafeInteger().map(String))
const names = fc.constantFrom(
  ...['origin-topic', 'origin-partition', 'origin-offset', 'origin-timestamp-ms', 'reason', 'message'],
  ...['time', 'redrives', 'redrive-of', 'redriven', 'redriven-to', 'redriven-by', 'redriven-why'],
  ...['__proto__', 'other'],
)
const headers = fc.dictionary(
  names,
  fc.oneof(one, fc.array(one, { maxLength: 3 }), fc.constant(grantsTopic), fc.constant(undefined)),
)
const records: fc.Arbitrary<StoredRecord> = fc
  .tuple(
    positions,
    fc.record({ value: bytesOrNone, key: bytesOrNone, headers, timestampMs: fc.maxSafeInteger() }),
  )
  .map(([position, rest]) => ({ ...position, ...rest }))

/** The record as Kafka returns it, at this position. */
const kept = (
  { value, key = null, headers: written = {} }: RecordToAppend,
  position = { partition: 4, offset: 5 },
) => ({
  ...position,
  value: value === null ? null : Buffer.from(value),
  key,
  headers: Object.fromEntries(Object.entries(written).map(([name, text]) => [name, Buffer.from(text)])),
})

test('every dead letter keeps its record, and a redrive of it is counted once more', () => {
  const letters = fc.tuple(records, positions, fc.string({ maxLength: 1_000 }))
  fc.assert(
    fc.property(letters, ([record, position, message]) => {
      const letter = readDeadLetter(
        kept(encodeDeadLetter({ record, reason: 'late', message }, 'T'), position),
      )
      if (letter === undefined) throw new Error('it is no dead letter')
      const { partition, offset, timestampMs, value, key } = record
      expect(letter).toMatchObject({ position, value, key, reason: 'late', time: 'T', message })
      expect(letter.origin).toEqual({ topic: grantsTopic, partition, offset, timestampMs })

      const again = { ...kept(encodeRedrive(letter)), timestampMs }
      expect([again.value, again.key]).toEqual([value, key])
      const second = readDeadLetter(kept(encodeDeadLetter({ record: again, reason: 'late', message }, 'T')))
      expect(second).toMatchObject({ redrives: letter.redrives + 1, redriveOf: position })
    }),
  )
})

test('every position and every redrive note is read as it was written', () => {
  const origins = fc.option(fc.record({ by: fc.string(), why: fc.string() }), { nil: undefined })
  fc.assert(
    fc.property(positions, positions, fc.string(), origins, (letter, to, time, origin) => {
      expect(readPosition(positionText(letter))).toEqual(letter)
      const note = { letter, to, time, origin }
      expect(readRedriveNote(kept(encodeRedriveNote(note), letter))).toEqual(note)
    }),
  )
})

/** A dead letter with one or two headers changed. */
const almostLetters = fc.tuple(records, fc.dictionary(names, one, { maxKeys: 2 })).map(([record, others]) => {
  const letter = kept(encodeDeadLetter({ record, reason: 'late', message: '' }, 'T'))
  return { ...record, headers: { ...letter.headers, ...others } }
})

test('any record of the dead-letter topic is a letter, a note or neither, and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.oneof(records, almostLetters), (record) => {
      const letter = readDeadLetter(record)
      const note = readRedriveNote(record)
      if (letter !== undefined) {
        const { origin, redrives } = letter
        expect([origin.partition, origin.offset, origin.timestampMs, redrives].every(Number.isFinite)).toBe(
          true,
        )
        expect(origin.topic).toBe(grantsTopic)
      }
      if (note !== undefined) expect(note.letter.partition).toBe(record.partition)
    }),
    { numRuns: 1_000 },
  )
})

test('any text is a complete position, or none', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^-?\d{0,17}:-?\d{0,17}$/)), (text) => {
      const position = readPosition(text)
      if (position !== undefined) expect(readPosition(positionText(position))).toEqual(position)
      else expect(text).not.toMatch(/^\d{1,9}:\d{1,15}$/)
    }),
  )
})
