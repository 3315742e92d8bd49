import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RecordToAppend } from '../../platform/kafka/producer.ts'
import type { TopicRecord } from '../../platform/kafka/topic-reader.ts'
import { encodeDeadLetter, encodeRedriveNote, positionText, readDeadLetter } from '../log/dead-letter.ts'
import { createDeadLetterReader } from './dead-letter-reader.ts'
import { type ReadingLimits, readNewestLetters } from './newest-letters.ts'

const unlimited: ReadingLimits = { recordsMax: 1_000_000, bytesMax: 1_000_000_000, timeMs: 1_000 }

const letter = (value = 'x', reason: 'late' | 'invalid' = 'late', message = ''): RecordToAppend =>
  encodeDeadLetter(
    {
      ...{ reason, message },
      record: { partition: 1, offset: 2, timestampMs: 3, key: null, value: Buffer.from(value), headers: {} },
    },
    '2026-11-21T10:00:00.000Z',
  )
const noteOf = (offset: number): RecordToAppend =>
  encodeRedriveNote({ letter: { partition: 0, offset }, to: { partition: 1, offset: 9 }, time: 'T' })
const foreign: RecordToAppend = { value: 'hello' }

/** Partition 0 with these records from an offset on, `perFetch` of them at a time. */
const topicOf = (written: readonly RecordToAppend[], first = 0, perFetch = 100) => {
  const records = written.map(
    ({ value, headers = {} }, index): TopicRecord => ({
      ...{ offset: first + index, timestampMs: 0, key: null },
      value: value === null ? null : Buffer.from(value),
      headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
    }),
  )
  const end = first + records.length
  const fetched: number[] = []
  const clock = { ms: 0, perFetchMs: 0 }
  async function* read(_: string, partition: number, from: number, until: number) {
    expect([partition, from >= first, until <= end]).toEqual([0, true, true])
    for (let at = from; at < until; at += perFetch) {
      clock.ms += clock.perFetchMs
      const batch = records.slice(at - first, Math.min(at + perFetch, until) - first)
      fetched.push(...batch.map(({ offset }) => offset))
      yield batch
    }
  }
  const partitions = [{ partition: 0, first, end }]
  const topic = { topic: 'letters', partitions, read }
  return {
    ...{ records, fetched, clock, read, partitions },
    readNewest: (limits: Partial<ReadingLimits> = {}) =>
      readNewestLetters(topic, { ...unlimited, ...limits }, () => clock.ms),
  }
}
const offsetsOf = ({ open }: { open: readonly { position: { offset: number } }[] }): number[] =>
  open.map(({ position }) => position.offset)

const kinds = fc.oneof(
  fc.constant('letter'),
  fc.constant('foreign'),
  fc.nat(200).map((back) => back),
)
const topics = fc.tuple(fc.array(kinds, { maxLength: 200 }), fc.nat(1_000), fc.integer({ min: 1, max: 50 }))
const writtenOf = (wanted: readonly (string | number)[], first: number): RecordToAppend[] =>
  wanted.map((kind, index) =>
    // A note is about a letter before it.
    typeof kind === 'number'
      ? noteOf(first + Math.max(0, index - kind))
      : kind === 'letter'
        ? letter()
        : foreign,
  )

test('what is open is what the reader of npm run dlq finds open, newest first, and each record is read once', async () => {
  await fc.assert(
    fc.asyncProperty(topics, async ([wanted, first, perFetch]) => {
      const topic = topicOf(writtenOf(wanted, first), first, perFetch)
      const reader = createDeadLetterReader({
        topics: { offsets: async () => topic.partitions },
        ...{ reader: topic, topic: 'letters' },
      })
      const expected: number[] = []
      for await (const letters of reader.readOpen())
        expected.push(...letters.map(({ position }) => position.offset))
      topic.fetched.length = 0
      const newest = await topic.readNewest()
      expect(offsetsOf(newest)).toEqual(expected.toReversed())
      expect([newest.isWhole, newest.covered]).toEqual([true, topic.partitions])
      expect(topic.fetched.length).toBe(topic.records.length)
    }),
  )
})

test('a reading that a limit ends is right about all that it covers', async () => {
  await fc.assert(
    fc.asyncProperty(topics, fc.nat(250), async ([wanted, first, perFetch], recordsMax) => {
      const topic = topicOf(writtenOf(wanted, first), first, perFetch)
      const [whole, part] = [await topic.readNewest(), await topic.readNewest({ recordsMax })]
      const from = part.covered[0]?.first ?? 0
      expect(offsetsOf(part)).toEqual(offsetsOf(whole).filter((offset) => offset >= from))
      expect(from).toBe(Math.max(first, first + wanted.length - recordsMax))
      expect(part.isWhole).toBe(from === first)
    }),
  )
})

describe('a reading ends', () => {
  const many = (value: string) => Array.from({ length: 500 }, () => letter(value))

  test('at its bytes, and the first records are known however large they are', async () => {
    const { covered, open, isWhole } = await topicOf(many('x'.repeat(1_000)), 0, 8).readNewest({
      bytesMax: 100_000,
    })
    expect([covered, open.length, isWhole]).toEqual([[{ partition: 0, first: 404, end: 500 }], 96, false])
  })

  test('at its time', async () => {
    const topic = topicOf(many('x'), 0, 8)
    topic.clock.perFetchMs = 100
    const { covered, open, isWhole } = await topic.readNewest({ timeMs: 1_000 })
    expect([covered, open.length, isWhole]).toEqual([[{ partition: 0, first: 468, end: 500 }], 32, false])
    expect(topic.fetched.length).toBeLessThan(100)
  })
})

test('a letter is kept without its bytes, and with headers of a thousand characters at most', async () => {
  const made = letter('secret')
  const long = {
    ...made,
    headers: { ...made.headers, reason: 'r'.repeat(9_000), message: 'm'.repeat(9_000) },
  }
  const { open } = await topicOf([long]).readNewest()
  expect(open).toMatchObject([{ reason: 'r'.repeat(1_000), message: 'm'.repeat(1_000) }])
  expect(JSON.stringify(open)).not.toContain('secret')
})

test('the note of a redriven letter is known by its position', async () => {
  const topic = topicOf([letter(), noteOf(0)])
  const { notes, open } = await topic.readNewest()
  expect([open, notes.get('0:0')]).toMatchObject([[], { to: { partition: 1, offset: 9 } }])
  const [record] = topic.records
  if (record === undefined) throw new Error('nothing was written')
  expect(
    positionText(readDeadLetter({ ...record, partition: 0 })?.position ?? { partition: 9, offset: 9 }),
  ).toBe('0:0')
})
