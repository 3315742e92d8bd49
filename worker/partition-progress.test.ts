import { expect, test } from 'vitest'
import { digestRecord } from '../coupon/log/record-digest.ts'
import type { TopicRecord } from '../platform/kafka/topic-reader.ts'
import { createLogger } from '../platform/log/logger.ts'
import { createPartitionProgress } from './partition-progress.ts'

/** A record of the log at this offset. */
const recordAt = (offset: number, value: string | null = `value ${offset}`): TopicRecord => ({
  offset,
  timestampMs: 1_000 + offset,
  key: null,
  value: value === null ? null : Buffer.from(value),
  headers: {},
})

/**
 * A worker that owns partition 4. Kafka has offsets 10 to 20 of it; the position of the ledger is `stored`.
 * `last` is the record that it recorded before, and `kept` are the records that Kafka has.
 */
const open = (stored: number, { last, kept = [] }: { last?: TopicRecord; kept?: TopicRecord[] } = {}) => {
  const sought: [number, number][] = []
  const lasts = last === undefined ? [] : [[4, { offset: last.offset, digest: digestRecord(last) }] as const]
  const progress = createPartitionProgress({
    positions: { read: async () => new Map([[4, stored]]), lastRecords: async () => new Map(lasts) },
    topics: { offsets: async () => [{ partition: 4, first: 10, end: 20 }] },
    reader: {
      read: async function* (_, __, from, end) {
        yield kept.filter(({ offset }) => offset >= from && offset < end)
      },
    },
    log: createLogger('test', 'silent'),
    onMisaligned: () => undefined,
  })
  const consumer = {
    assignedPartitions: () => [4],
    seek: (partition: number, offset: number) => void sought.push([partition, offset]),
  }
  progress.assigned([4])
  return { progress, sought, align: () => progress.align(consumer) }
}

test('an assigned partition is read from the position of the ledger, and again when misaligned', async () => {
  const { progress, sought, align } = open(12)
  expect(progress.isAligned()).toBe(false)
  await align()
  expect([sought, progress.isAligned()]).toEqual([[[4, 12]], true])
  await align()
  expect(sought).toHaveLength(1)
  progress.misaligned(4)
  expect(progress.isAligned()).toBe(false)
  await align()
  expect(sought).toEqual([
    [4, 12],
    [4, 12],
  ])
})

test.each([
  ['before its start', 9],
  ['beyond its end', 21],
])('a position that Kafka does not have is refused, and nothing is read: %s', async (_, stored) => {
  const { progress, sought, align } = open(stored)
  await expect(align()).rejects.toMatchObject({ code: 'refused' })
  expect([sought, progress.isAligned()]).toEqual([[], false])
})

test.each([10, 20])('a position at an end of what Kafka has, %i, is accepted', async (stored) => {
  const { sought, align } = open(stored)
  await align()
  expect(sought).toEqual([[4, stored]])
})

test.each([
  ['another value', recordAt(14, 'other')],
  ['no value', recordAt(14, null)],
  ['another time', { ...recordAt(14), timestampMs: 999 }],
  ['another key', { ...recordAt(14), key: Buffer.from('key') }],
  ['none at its offset', recordAt(13)],
])('a log whose record before the position is another one is refused: %s', async (_, kept) => {
  const { progress, sought, align } = open(15, { last: recordAt(14), kept: [kept] })
  await expect(align()).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('14') })
  expect([sought, progress.isAligned()]).toEqual([[], false])
})

test('after it was misaligned, the record before the position is compared again', async () => {
  const kept = [recordAt(14)]
  const { progress, sought, align } = open(15, { last: recordAt(14), kept })
  await align()
  kept[0] = recordAt(14, 'other')
  progress.misaligned(4)
  await expect(align()).rejects.toMatchObject({ code: 'refused' })
  expect(sought).toEqual([[4, 15]])
})

test.each([
  ['Kafka has it', 15, recordAt(14)],
  ['offsets without a record lie between', 18, recordAt(14)],
  ['retention removed it', 10, recordAt(9)],
  ['an earlier version noted none', 15, undefined],
])('the log is accepted when the record before the position is known: %s', async (_, stored, last) => {
  const { sought, align } = open(stored, last === undefined ? {} : { last, kept: [recordAt(14)] })
  await align()
  expect(sought).toEqual([[4, stored]])
})
