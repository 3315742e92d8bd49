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
/** What a fetch returns of a batch of ten offsets from 40 on. */
const fetched = async (records: Encoded[]): Promise<{ offset: string; isControlRecord: boolean }[]> => {
  const batch = await RecordBatch({ firstOffset: 40, lastOffsetDelta: 9, records })
  const set = new Encoder().writeInt32(batch.buffer.length).writeEncoder(batch)
  return decodeMessages(new Decoder(set.buffer))
}
const recordAt = (offsetDelta: number): Encoded =>
  encodeRecord({ offsetDelta, timestampDelta: 0, key: null, value: 'a', headers: undefined })

describe('a batch that compaction has emptied moves its reader on', () => {
  test.each([
    ['without any record', [], []],
    ['without its last records', [recordAt(0), recordAt(3)], ['40', '43']],
    ['with all its records', [recordAt(0), recordAt(9)], ['40', '49']],
  ])('%s: it ends at its own last offset', async (_, records, offsets) => {
    const messages = await fetched(records)
    const values = messages.filter(({ isControlRecord }) => !isControlRecord)
    expect([values.map(({ offset }) => offset), messages.at(-1)?.offset]).toEqual([offsets, '49'])
  })
})
