import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Campaign } from '../coupon/campaign.ts'
import type { Grant } from '../coupon/grant.ts'
import { idBytes } from '../coupon/ledger/ids.ts'
import { createRecorder, type Recorder } from '../coupon/ledger/recorder.ts'
import { encodeMarker } from '../coupon/log/log-record.ts'
import { createOwnDatabase, type OwnDatabase } from '../test/harness/servers/own-database.ts'
import { createOwnTopic, type OwnTopic } from '../test/harness/servers/own-topic.ts'
import { batchOf, openBatchHandler, recordsOf } from '../test/harness/values/batches.ts'
import { grantsOf, newGrant, positionOf, storedOf } from '../test/harness/values/grants.ts'
import { until } from '../test/harness/values/until.ts'
import type { BatchHandlerOptions } from './batch-handler.ts'
import { createDeadLetterWriter } from './dead-letter-writer.ts'

let ledger: OwnDatabase
let letters: OwnTopic
beforeAll(async () => {
  ;[ledger, letters] = await Promise.all([
    createOwnDatabase(),
    createOwnTopic({ partitions: 1, settings: { 'max.message.bytes': '2097152' } }),
  ])
})
afterAll(() => Promise.all([ledger.close(), letters.close()]))

const open = (changes: Partial<BatchHandlerOptions> = {}) =>
  openBatchHandler({
    recorder: createRecorder(ledger.database),
    deadLetterWriter: createDeadLetterWriter(letters.producer, { now: () => 0 }),
    ...changes,
  })

let partitions = 0
const newPartition = async (): Promise<number> => {
  partitions += 1
  await ledger.change('INSERT INTO ledger_positions (partition_id, next_offset) VALUES (?, 0)', [partitions])
  return partitions
}
/** Stores the last of 1,000 coupons of a campaign before the others. */
const storeLast = async (campaign: Campaign): Promise<Grant> => {
  const last = newGrant(campaign, { rank: 1_000 })
  await open().handleBatch(batchOf(recordsOf(await newPartition(), [last])).batch)
  return last
}
const bad: [string, string, (campaign: Campaign) => Promise<Grant | Buffer | null>][] = [
  ['no value', 'undecodable', async () => null],
  ['bytes that are not text', 'undecodable', async () => Buffer.from([0xff, 0x00, 0xfe, 0x22])],
  [
    'a grant with a wrong type',
    'invalid',
    async (campaign) => Buffer.from(JSON.stringify({ ...newGrant(campaign), rank: '1000' })),
  ],
  ['an unknown campaign', 'unknown-campaign', async () => newGrant({ id: randomUUIDv7() })],
  [
    'a rank above the stock',
    'rank-above-stock',
    async () => newGrant(await ledger.createCampaign({ epoch: 1, stock: 1 }), { rank: 2 }),
  ],
  [
    'a rank that is a row',
    'rank-taken',
    async (campaign) => newGrant(campaign, { rank: (await storeLast(campaign)).rank }),
  ],
  [
    'a coupon that is a row of another user',
    'coupon-differs',
    async (campaign) => ({ ...(await storeLast(campaign)), userId: 'another' }),
  ],
  [
    'a late grant',
    'late',
    async () => {
      const campaign = await ledger.createCampaign({ epoch: 2 })
      await ledger.change('INSERT INTO campaign_cuts VALUES (?, 1, ?, 0)', [idBytes(campaign.id), partitions])
      return newGrant(campaign)
    },
  ],
]
const table = bad.flatMap(([what, reason, make]) =>
  [0, 500, 999].map((index) => ({ what, reason, make, index })),
)

test.each(table)(
  '$what at index $index of 1,000 goes to the dead letters as $reason; the 999 others are stored',
  async ({ reason, make, index }) => {
    const [campaign, partition] = [await ledger.createCampaign({ epoch: 1 }), await newPartition()]
    const grants = grantsOf(campaign, 999)
    const oneBad = await make(campaign)
    const earlier = await storedOf(ledger, campaign)
    const records = recordsOf(partition, [...grants.slice(0, index), oneBad, ...grants.slice(index)])
    const [before] = await letters.offsets()
    const { batch, done } = batchOf(records)
    await open().handleBatch(batch)
    expect(done.committed).toEqual([1_000])
    expect(await storedOf(ledger, campaign)).toEqual([...grants, ...earlier])
    expect(await positionOf(ledger, partition)).toBe(1_000)
    expect((await letters.offsets())[0]?.end).toBe((before?.end ?? 0) + 1)
    const { value, key } = records[index] ?? {}
    expect(letters.produces.at(-1)?.records).toMatchObject([{ value, key, headers: { reason } }])
  },
)

test('a dead letter has value and key of its record, with origin and reason in its headers', async () => {
  const [campaign, partition] = [await ledger.createCampaign({ epoch: 1 }), await newPartition()]
  const values = [
    null,
    Buffer.from([0xff, 0x00]),
    newGrant({ id: randomUUIDv7() }),
    newGrant(campaign, { rank: 5 }),
  ]
  const records = recordsOf(partition, values)
  await open().handleBatch(batchOf(records).batch)
  const found = (await letters.records()).filter(
    ({ headers }) => headers['origin-partition'] === String(partition),
  )
  const expected = [
    ['undecodable', records[0]],
    ['undecodable', records[1]],
    ['unknown-campaign', records[2]],
  ] as const
  expect(found.map(({ value, key }) => [value, key])).toEqual(
    expected.map(([, record]) => [record?.value, record?.key]),
  )
  for (const [index, [reason, record]] of expected.entries())
    expect(found[index]?.headers).toEqual({
      'origin-topic': 'coupon.grants.v1',
      'origin-partition': String(partition),
      'origin-offset': String(record?.offset),
      'origin-timestamp-ms': String(record?.timestampMs),
      reason,
      message: expect.stringMatching(/./),
      time: '1970-01-01T00:00:00.000Z',
      redrives: '0',
    })
})

test('nothing is committed before the dead letters are acknowledged', async () => {
  const [campaign, partition] = [await ledger.createCampaign({ epoch: 1 }), await newPartition()]
  const grants = grantsOf(campaign, 3)
  await letters.producer.append('', 0, [{ value: 'warm' }])
  const asked = letters.produces.length
  letters.proxy.hold('answers')
  const recording = open().handleBatch(batchOf(recordsOf(partition, [...grants, null])).batch)
  await until('the letters are on their way', () => letters.produces.length > asked)
  expect([await storedOf(ledger, campaign), await positionOf(ledger, partition)]).toEqual([[], 0])
  letters.proxy.release()
  await recording
  expect([await storedOf(ledger, campaign), await positionOf(ledger, partition)]).toEqual([grants, 4])
})

test('a batch whose commit fails is recorded again, and its dead letters are not written twice', async () => {
  const [campaign, partition] = [await ledger.createCampaign({ epoch: 1 }), await newPartition()]
  const grants = grantsOf(campaign, 3)
  const recorder = createRecorder(ledger.database)
  let attempts = 0
  const failing: Recorder = {
    record: (slice, keep) =>
      recorder.record(slice, async (rejected, nextOffset) => {
        await keep(rejected, nextOffset)
        attempts += 1
        if (attempts < 3) throw new Error('the commit failed')
      }),
  }
  const [before] = await letters.offsets()
  const bytes = Buffer.from('no grant')
  const { batch, done } = batchOf(recordsOf(partition, [...grants, bytes, newGrant({ id: randomUUIDv7() })]))
  await open({ recorder: failing }).handleBatch(batch)
  expect([attempts, done.committed, await storedOf(ledger, campaign)]).toEqual([3, [5], grants])
  expect((await letters.offsets())[0]?.end).toBe((before?.end ?? 0) + 2)
})

test('1,000 letters of 2 KB, more than one produce request takes, and one of 1 MB are written', async () => {
  const partition = await newPartition()
  const values = [
    ...Array.from({ length: 1_000 }, (_, index) => Buffer.from(`${index} ${'x'.repeat(2_000)}`)),
    Buffer.alloc(1_000_000, 'y'),
  ]
  const { batch, done } = batchOf(recordsOf(partition, values))
  await open({ batchSizeMax: 5_000 }).handleBatch(batch)
  expect(done.committed).toEqual([1_001])
  const found = (await letters.records()).filter(
    ({ headers }) => headers['origin-partition'] === String(partition),
  )
  expect(found.map(({ value }) => value?.length)).toEqual(values.map(({ length }) => length))
})

test('markers are skipped without a dead letter', async () => {
  const partition = await newPartition()
  const [before] = await letters.offsets()
  const { batch, done } = batchOf(
    recordsOf(partition, [Buffer.from(encodeMarker('warm-up')), Buffer.from(encodeMarker('cut'))]),
  )
  await open().handleBatch(batch)
  expect([done.committed, await positionOf(ledger, partition), await letters.offsets()]).toEqual([
    [2],
    2,
    [before],
  ])
})

test('a large fetch is recorded in batches, each of them committed', async () => {
  const [campaign, partition] = [await ledger.createCampaign({ epoch: 1 }), await newPartition()]
  const { batch, done } = batchOf(recordsOf(partition, grantsOf(campaign, 2_500)))
  const { handleBatch, events } = open()
  await handleBatch(batch)
  expect(done).toEqual({ committed: [1_000, 2_000, 2_500], pauses: 0 })
  expect(events).toEqual(['recorded 1000', 'recorded 2000', 'recorded 2500'])
})
