import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPositionRepository } from '../coupon/ledger/positions.ts'
import { createRecorder } from '../coupon/ledger/recorder.ts'
import { createLogger } from '../platform/log/logger.ts'
import { connectDatabase, type Database } from '../platform/mysql/database.ts'
import {
  type BreakableDatabase,
  type Breaks,
  startBreakableDatabase,
} from '../test/harness/servers/breakable-database.ts'
import type { OwnDatabase } from '../test/harness/servers/own-database.ts'
import { batchOf, openBatchHandler, recordsOf } from '../test/harness/values/batches.ts'
import { grantsOf, positionOf, storedOf } from '../test/harness/values/grants.ts'
import { until } from '../test/harness/values/until.ts'
import { createPartitionProgress, startAlignment } from './partition-progress.ts'

let broken: BreakableDatabase
let ledger: OwnDatabase
beforeAll(async () => {
  broken = await startBreakableDatabase()
  ledger = broken.ledger
})
afterAll(() => broken.stop())

/** A worker that owns one partition, with its readiness in words. */
const openWorker = (partition: number) => {
  const database = connectDatabase({ url: broken.workerUrl, connectionsMax: 2, queryTimeoutMs: 4_000 })
  const log = createLogger('test', 'silent')
  const progress = createPartitionProgress({
    // The records are made up: there is no log to compare the one before a position with.
    positions: { ...createPositionRepository(database), lastRecords: async () => new Map() },
    topics: { offsets: async () => [{ partition, first: 0, end: 1_000_000 }] },
    reader: { read: async function* () {} },
    log,
    onMisaligned: () => undefined,
  })
  const consumer = { assignedPartitions: () => [partition], seek: () => undefined }
  progress.assigned([partition])
  const alignment = startAlignment(progress, consumer, {
    intervalMs: 20,
    onRefused: (reason) => {
      throw new Error(reason)
    },
  })
  alignment.now()
  const recorder = createRecorder(database)
  let attempts = 0
  const { handleBatch } = openBatchHandler({
    recorder: {
      record(slice, keep) {
        attempts += 1
        return recorder.record(slice, keep)
      },
    },
    progress,
    deadLetterWriter: { write: (letters) => Promise.reject(new Error(`${letters.length} letters`)) },
  })
  const close = async (): Promise<void> => {
    alignment.stop()
    await database.close()
  }
  return { database, progress, handleBatch, attempts: () => attempts, close }
}

const troubles: [string, RegExp, keyof Breaks][] = [
  ['reports a deadlock', /cannot store rows: .*Deadlock/, 'deadlock'],
  ['reports a lock wait timeout', /cannot store rows: .*Lock wait timeout/, 'lockWait'],
  ['is read-only', /cannot store rows: .*read-only/, 'readOnly'],
  ['is full', /cannot store rows: .*is full/, 'full'],
  ['closes its connections', /cannot store rows: .*(killed|closed|lost)/i, 'killed'],
  ['has too many connections', /cannot store rows: .*Too many connections/, 'crowded'],
  ['rejects its password', /cannot store rows: .*Access denied/, 'otherPassword'],
]

test.each(troubles)(
  'a worker whose database %s reports it, and later records every row once',
  async (_, words, fail) => {
    const sale = await broken.newSale()
    const grants = grantsOf(sale.campaign, 2_000)
    const { progress, handleBatch, attempts, close } = openWorker(sale.partition)
    await until('it is aligned', progress.isAligned)
    const repair = await broken.breaks[fail](sale)
    const { batch, done } = batchOf(recordsOf(sale.partition, grants))
    const recorded = handleBatch(batch)
    try {
      await until('it reports why', () => words.test(progress.waitsFor()))
      // On a read-only server reads succeed: the worker must not report ready because of them.
      const before = attempts()
      let wasReady = false
      await until('it tries again', () => {
        wasReady ||= progress.isAligned()
        return attempts() > before
      })
      expect(wasReady).toBe(false)
      expect(done.committed).toEqual([])
      expect(await storedOf(ledger, sale.campaign)).toEqual([])
    } finally {
      await repair()
    }
    await recorded
    expect(done.committed).toEqual([1_000, 2_000])
    expect(await storedOf(ledger, sale.campaign)).toEqual(grants)
    expect(await positionOf(ledger, sale.partition)).toBe(2_000)
    await until('it is ready', progress.isAligned)
    await close()
  },
)

test('while each statement takes seconds the worker stays ready', async () => {
  const sale = await broken.newSale()
  const grants = grantsOf(sale.campaign, 3)
  const { progress, handleBatch, close } = openWorker(sale.partition)
  await until('it is aligned', progress.isAligned)
  await ledger.change('CREATE TRIGGER slow_rows BEFORE INSERT ON coupons FOR EACH ROW DO SLEEP(0.4)')
  await ledger.change(
    'CREATE TRIGGER slow_places BEFORE UPDATE ON ledger_positions FOR EACH ROW DO SLEEP(1.2)',
  )
  const { batch, done } = batchOf(recordsOf(sale.partition, grants))
  const recorded = handleBatch(batch)
  let wasNotReady = false
  await until('the rows are stored', () => {
    wasNotReady ||= !progress.isAligned()
    return done.committed.length > 0
  })
  await recorded
  expect(wasNotReady).toBe(false)
  await ledger.change('DROP TRIGGER slow_rows')
  await ledger.change('DROP TRIGGER slow_places')
  expect([done.committed, await storedOf(ledger, sale.campaign)]).toEqual([[3], grants])
  await close()
})

const connectionOf = (database: Database): Promise<number> =>
  database.transaction(async (connection) => {
    const [row] = await connection.read('SELECT CONNECTION_ID() AS id')
    return { commit: false, result: Number(row?.['id']) }
  })

test('no connection to a server that became read-only is used again', async () => {
  const { partition } = await broken.newSale()
  const database = connectDatabase({ url: broken.workerUrl, connectionsMax: 3, queryTimeoutMs: 4_000 })
  const before = new Set(await Promise.all([1, 2, 3].map(() => connectionOf(database))))
  const repair = await broken.breaks.readOnly({ partition, campaign: await ledger.createCampaign() })
  const change = database.transaction(async (connection) => ({
    commit: true,
    result: await connection.change('UPDATE ledger_positions SET next_offset = 1 WHERE partition_id = ?', [
      partition,
    ]),
  }))
  await expect(change).rejects.toMatchObject({ code: 'unavailable' })
  await repair()
  const after = await Promise.all([1, 2, 3].map(() => connectionOf(database)))
  expect(after.filter((id) => before.has(id))).toEqual([])
  await database.close()
})
