import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRecorder } from '../coupon/ledger/recorder.ts'
import { createOwnDatabase, type OwnDatabase } from '../test/harness/servers/own-database.ts'
import { batchOf, openBatchHandler, recordsOf } from '../test/harness/values/batches.ts'
import { grantsOf, positionOf, storedOf } from '../test/harness/values/grants.ts'

let ledger: OwnDatabase
beforeAll(async () => {
  ledger = await createOwnDatabase()
})
afterAll(() => ledger.close())

const open = (batchSizeMax: number) =>
  openBatchHandler({
    recorder: createRecorder(ledger.database),
    deadLetterWriter: { write: async () => {} },
    batchSizeMax,
  })

let partitions = 0
const newPartition = async (): Promise<number> => {
  partitions += 1
  await ledger.change('INSERT INTO ledger_positions (partition_id, next_offset) VALUES (?, 0)', [partitions])
  return partitions
}

test('records between gaps of the log are all recorded, by batches that end at the next record', async () => {
  const [campaign, partition] = [await ledger.createCampaign({ epoch: 1 }), await newPartition()]
  const offsets = [5, 6, 9, 10, 11, 20, 21]
  const grants = grantsOf(campaign, offsets.length)
  const records = recordsOf(partition, grants).map((record, index) => ({
    ...record,
    offset: offsets[index] ?? 0,
  }))
  const { batch, done } = batchOf(records, { startOffset: 0, endOffset: 25 })
  await open(2).handleBatch(batch)
  expect(await storedOf(ledger, campaign)).toEqual(grants)
  expect([done.committed, await positionOf(ledger, partition)]).toEqual([[9, 11, 21, 25], 25])
})

test('a batch without records moves the position', async () => {
  const partition = await newPartition()
  const { batch, done } = batchOf([], { partition, startOffset: 0, endOffset: 2 })
  await open(1_000).handleBatch(batch)
  expect([done.committed, await positionOf(ledger, partition)]).toEqual([[2], 2])
})
