import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPositionRepository } from '../coupon/ledger/positions.ts'
import { createRecorder } from '../coupon/ledger/recorder.ts'
import { createLogger } from '../platform/log/logger.ts'
import { connectDatabase, type Database } from '../platform/mysql/database.ts'
import { batchOf, openRecording, recordsOf } from '../test/harness/values/batches.ts'
import {
  type BreakableDatabase,
  type Breaks,
  startBreakableDatabase,
} from '../test/harness/servers/broken-databases.ts'
import type { OwnDatabase } from '../test/harness/servers/databases.ts'
import { grantsOf, positionOf, storedOf } from '../test/harness/values/grants.ts'
import { until } from '../test/harness/values/until.ts'
import { startAlignment, createPartitionProgress } from './partition-progress.ts'

let broken: BreakableDatabase
let ledger: OwnDatabase
beforeAll(async () => {
  broken = await startBreakableDatabase()
  ledger = broken.ledger
})
afterAll(() => broken.stop())

/** A worker that owns one partition, and says in words what it waits for. */
const openWorker = (partition: number) => {
  const database = connectDatabase({ url: broken.workerUrl, connectionsMax: 2, queryTimeoutMs: 4_000 })
  const log = createLogger('test', 'silent')
  const progress = createPartitionProgress({
    positions: createPositionRepository(database),
    topics: { offsets: async () => [{ partition, first: 0, end: 1_000_000 }] },
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
  const { recording } = openRecording({
    ...{ recorder: createRecorder(database), progress },
    deadLetterWriter: { write: (letters) => Promise.reject(new Error(`${letters.length} letters`)) },
  })
  const close = async (): Promise<void> => {
    alignment.stop()
    await database.close()
  }
  return { database, progress, recording, close }
}

const troubles: [string, RegExp, keyof Breaks][] = [
  ['takes it for the victim of a deadlock', /takes no rows: .*Deadlock/, 'deadlock'],
  ['lets it wait too long for a lock', /takes no rows: .*Lock wait timeout/, 'lockWait'],
  ['is read-only', /takes no rows: .*read-only/, 'readOnly'],
  ['is full', /takes no rows: .*is full/, 'full'],
  ['cuts its connections', /takes no rows: .*(killed|closed|lost)/i, 'killed'],
  ['has too many connections', /takes no rows: .*Too many connections/, 'crowded'],
  ['has another password', /takes no rows: .*Access denied/, 'otherPassword'],
]

test.each(troubles)(
  'a worker whose database %s says so, lives on, and records every row once when that is over',
  async (_, words, fail) => {
    const sale = await broken.newSale()
    const grants = grantsOf(sale.campaign, 2_000)
    const { progress, recording, close } = openWorker(sale.partition)
    await until('it is placed', progress.isAligned)
    const mend = await broken.breaks[fail](sale)
    const { batch, done } = batchOf(recordsOf(sale.partition, grants))
    const recorded = recording(batch)
    try {
      await until('it says why', () => words.test(progress.waitsFor()))
      // Reading works on a read-only server: that it does must not pass for more.
      const beats = done.heartbeats
      let saidReady = false
      await until('it lives on', () => {
        saidReady ||= progress.isAligned()
        return done.heartbeats > beats
      })
      expect(saidReady).toBe(false)
      expect(done.handled).toEqual([])
      expect(await storedOf(ledger, sale.campaign)).toEqual([])
    } finally {
      await mend()
    }
    await recorded
    expect(done.handled).toEqual([1_000, 2_000])
    expect(await storedOf(ledger, sale.campaign)).toEqual(grants)
    expect(await positionOf(ledger, sale.partition)).toBe(2_000)
    await until('it is ready', progress.isAligned)
    await close()
  },
)

test('a database that takes seconds for each statement is waited for with the membership kept alive, and not called away', async () => {
  const sale = await broken.newSale()
  const grants = grantsOf(sale.campaign, 3)
  const { progress, recording, close } = openWorker(sale.partition)
  await until('it is placed', progress.isAligned)
  await ledger.change('CREATE TRIGGER slow_rows BEFORE INSERT ON coupons FOR EACH ROW DO SLEEP(0.4)')
  await ledger.change(
    'CREATE TRIGGER slow_places BEFORE UPDATE ON ledger_positions FOR EACH ROW DO SLEEP(1.2)',
  )
  let beatsBeforeRows = 0
  const { batch, done } = batchOf(recordsOf(sale.partition, grants), {
    heartbeat: async () => void (beatsBeforeRows += done.handled.length === 0 ? 1 : 0),
  })
  const recorded = recording(batch)
  let saidAway = false
  await until('it lives on', () => {
    saidAway ||= !progress.isAligned()
    return beatsBeforeRows >= 2
  })
  await recorded
  expect(saidAway).toBe(false)
  await ledger.change('DROP TRIGGER slow_rows')
  await ledger.change('DROP TRIGGER slow_places')
  expect([done.handled, await storedOf(ledger, sale.campaign)]).toEqual([[3], grants])
  await close()
})

const connectionOf = (database: Database): Promise<number> =>
  database.transaction(async (connection) => {
    const [row] = await connection.read('SELECT CONNECTION_ID() AS id')
    return { commit: false, result: Number(row?.['id']) }
  })

test('no connection to a server that turned read-only is used again: whoever was made master is behind a new one', async () => {
  const { partition } = await broken.newSale()
  const database = connectDatabase({ url: broken.workerUrl, connectionsMax: 3, queryTimeoutMs: 4_000 })
  const before = new Set(await Promise.all([1, 2, 3].map(() => connectionOf(database))))
  const mend = await broken.breaks.readOnly({ partition, campaign: await ledger.createCampaign() })
  const change = database.transaction(async (connection) => ({
    commit: true,
    result: await connection.change('UPDATE ledger_positions SET next_offset = 1 WHERE partition_id = ?', [
      partition,
    ]),
  }))
  await expect(change).rejects.toMatchObject({ code: 'unavailable' })
  await mend()
  const after = await Promise.all([1, 2, 3].map(() => connectionOf(database)))
  expect(after.filter((id) => before.has(id))).toEqual([])
  await database.close()
})
