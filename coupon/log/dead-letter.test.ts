import { describe, expect, test } from 'vitest'
import type { RecordToAppend } from '../../platform/kafka/producer.ts'
import {
  type DeadLetter,
  encodeDeadLetter,
  encodeRedrive,
  encodeRedriveNote,
  readDeadLetter,
  readPosition,
  readRedriveNote,
  type StoredLetter,
} from './dead-letter.ts'

const bytes = Buffer.from([0xff, 0x00])
const time = '2026-11-21T10:00:00.000Z'
const letterOf = (changes: Partial<DeadLetter['record']> = {}): DeadLetter => ({
  record: {
    partition: 2,
    offset: 1_234,
    timestampMs: 1_700_000_000_000,
    key: bytes,
    value: bytes,
    headers: {},
    ...changes,
  },
  reason: 'late',
  message: 'why',
})
/** A record as Kafka returns it. */
const stored = ({ headers = {}, key = null }: RecordToAppend, value: Buffer | null = bytes) => ({
  partition: 0,
  offset: 17,
  key,
  value,
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
})
const keep = (letter: DeadLetter): StoredLetter => {
  const read = readDeadLetter(stored(encodeDeadLetter(letter, time), letter.record.value))
  if (read === undefined) throw new Error('no dead letter')
  return read
}

describe('dead letters', () => {
  test('a dead letter is read as it was written: value, key, origin, reason and time', () => {
    expect(keep(letterOf())).toEqual({
      position: { partition: 0, offset: 17 },
      value: bytes,
      key: bytes,
      origin: { topic: 'coupon.grants.v1', partition: 2, offset: 1_234, timestampMs: 1_700_000_000_000 },
      reason: 'late',
      message: 'why',
      time,
      redrives: 0,
      redriveOf: undefined,
    })
    expect(keep(letterOf({ value: null, key: null }))).toMatchObject({ value: null, key: null })
  })

  test.each([-1, 0, 9_223_372_036_854_775_000, -9_000_000_000_000_000_000])(
    'a record with a timestamp that is no date (%d) is kept with that timestamp',
    (timestampMs) => {
      expect(keep(letterOf({ timestampMs })).origin.timestampMs).toBe(timestampMs)
    },
  )

  test('a message is kept up to 1,000 characters', () => {
    expect(keep({ ...letterOf(), message: 'ä'.repeat(5_000) }).message).toBe('ä'.repeat(1_000))
  })
})

describe('redrives and notes', () => {
  test('each redrive of a record is counted and names the dead letter before', () => {
    let letter = keep(letterOf())
    for (const count of [1, 2, 3]) {
      const redriven = stored(encodeRedrive(letter))
      expect([redriven.key, redriven.value]).toEqual([bytes, bytes])
      letter = keep(letterOf(redriven))
      expect(letter).toMatchObject({ redrives: count, redriveOf: { partition: 0, offset: 17 } })
    }
  })

  test.each(['x', '-3', '', '1.5', '9'.repeat(40)])(
    'a redrive count of another producer (%j) counts as zero and stops nothing',
    (redrives) => {
      const headers = {
        redrives: Buffer.from(redrives),
        'redrive-of': [Buffer.from('1:2'), Buffer.from('x')],
      }
      expect(keep(letterOf({ headers }))).toMatchObject({ redrives: 0, redriveOf: undefined })
    },
  )

  test('a note is read as it was written, and is no letter; a letter is no note', () => {
    const note = { letter: { partition: 0, offset: 3 }, to: { partition: 2, offset: 99 }, time }
    const record = stored(encodeRedriveNote(note), null)
    expect([readRedriveNote(record), readDeadLetter(record)]).toEqual([note, undefined])
    expect(readRedriveNote(stored(encodeDeadLetter(letterOf(), time)))).toBeUndefined()
  })

  test('a note in another partition than its letter is none', () => {
    const note = { letter: { partition: 1, offset: 3 }, to: { partition: 2, offset: 99 }, time }
    expect(readRedriveNote(stored(encodeRedriveNote(note), null))).toBeUndefined()
  })
})

test('records of other producers and letters of another origin are neither letter nor note', () => {
  const { headers } = encodeDeadLetter(letterOf(), time)
  for (const name of ['origin-topic', 'origin-partition', 'origin-offset', 'origin-timestamp-ms', 'reason'])
    expect(
      readDeadLetter(
        stored({
          value: null,
          headers: Object.fromEntries(Object.entries(headers ?? {}).filter(([own]) => own !== name)),
        }),
      ),
    ).toBeUndefined()
  const elsewhere = stored({ value: null, headers: { ...headers, 'origin-topic': 'payments' } })
  expect([readDeadLetter(elsewhere), readRedriveNote(elsewhere)]).toEqual([undefined, undefined])
  expect(readDeadLetter({ ...elsewhere, headers: undefined })).toBeUndefined()
})

test.each(['', '0', '0:', ':1', 'a:1', '0:1:2', '-1:0', '0:-1', '1.5:2', '0:1 ', '0:1234567890123456'])(
  '%j is no position',
  (text) => {
    expect(readPosition(text)).toBeUndefined()
  },
)
