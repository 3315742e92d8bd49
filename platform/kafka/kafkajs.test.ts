import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'

// Replaces functions of kafkajs, for all that load them later.
await import('./kafkajs.ts')

const require = createRequire(import.meta.url)
type Encoded = { buffer: Buffer }
type RecordBatchOptions = { firstOffset: number; lastOffsetDelta: number; records: Encoded[] }
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch(options: RecordBatchOptions): Promise<Encoded>
}
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => Encoded
const Encoder = require('kafkajs/src/protocol/encoder') as new () => {
  writeInt32(value: number): { writeEncoder(value: Encoded): Encoded }
}
const Decoder = require('kafkajs/src/protocol/decoder') as new (buffer: Buffer) => object
const decodeMessages = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages') as (
  decoder: object,
) => Promise<{ offset: string; isControlRecord: boolean; value: Buffer | null }[]>
type FetchedBatch = {
  messages: { offset: string }[]
  isEmpty(): boolean
  isEmptyDueToFiltering(): boolean
  lastOffset(): string
}
const Batch = require('kafkajs/src/consumer/batch') as new (
  topic: string,
  fetchedOffset: number,
  data: object,
) => FetchedBatch

/** What a consumer that asked for an offset gets from a batch of ten offsets from 40 on. */
const fetched = async (fetchedOffset: number, records: Encoded[]): Promise<FetchedBatch> => {
  const batch = await RecordBatch({ firstOffset: 40, lastOffsetDelta: 9, records })
  const set = new Encoder().writeInt32(batch.buffer.length).writeEncoder(batch)
  const messages = await decodeMessages(new Decoder(set.buffer))
  return new Batch('topic', fetchedOffset, {
    partition: 0,
    highWatermark: '60',
    abortedTransactions: [],
    messages,
  })
}
const recordAt = (offsetDelta: number): Encoded =>
  encodeRecord({ offsetDelta, timestampDelta: 0, key: null, value: 'a', headers: undefined })

describe('a batch that compaction has emptied moves its reader on', () => {
  test.each([
    ['without any record', 40, [], []],
    ['without its last records', 40, [recordAt(0), recordAt(3)], ['40', '43']],
    ['read behind its last record', 45, [recordAt(0), recordAt(3)], []],
    ['with all its records', 40, [recordAt(0), recordAt(9)], ['40', '49']],
  ])('%s: it ends at its own last offset', async (_, fetchedOffset, records, offsets) => {
    const batch = await fetched(fetchedOffset, records)
    expect(batch.messages.map(({ offset }) => offset)).toEqual(offsets)
    expect([batch.isEmpty(), batch.isEmptyDueToFiltering(), batch.lastOffset()]).toEqual([false, false, '49'])
  })
})

test('a fetch that returned nothing moves no reader', () => {
  const nothing = { partition: 0, highWatermark: '60', abortedTransactions: [], messages: [] }
  expect(new Batch('topic', 40, nothing).isEmpty()).toBe(true)
})
