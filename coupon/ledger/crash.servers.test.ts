import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOwnDatabase, type OwnDatabase } from '../../test/harness/servers/own-database.ts'
import { at, grantOf, grantsOf, positionOf, storedOf } from '../../test/harness/values/grants.ts'
import { until } from '../../test/harness/values/until.ts'
import { connectDatabase, type Database } from '../../platform/mysql/database.ts'
import type { Campaign } from '../campaign.ts'
import { idBytes } from './ids.ts'
import { createRecorder, type Recorder } from './recorder.ts'

/** The worker's own connections: whatever else a test does goes through the ledger's. */
let ledger: OwnDatabase
let worker: Database
let recorder: Recorder
beforeAll(async () => {
  ledger = await createOwnDatabase()
  worker = connectDatabase({ url: ledger.url, connectionsMax: 1, queryTimeoutMs: 30_000 })
  recorder = createRecorder(worker)
})
afterAll(async () => {
  await worker.close()
  await ledger.close()
})

const lockPosition = 'SELECT next_offset FROM ledger_positions WHERE partition_id = ? FOR UPDATE'

let partitions = 0
const newSale = async (): Promise<{ campaign: Campaign; partition: number }> => {
  partitions += 1
  await ledger.change('INSERT INTO ledger_positions (partition_id, next_offset) VALUES (?, 0)', [partitions])
  return { campaign: await ledger.createCampaign({ epoch: 1 }), partition: partitions }
}
const nothingKept = async (): Promise<void> => {}

/** The worker's one connection, which its next transaction is on. */
const connectionOfWorker = (): Promise<number> =>
  worker.transaction(async (connection) => {
    const [row] = await connection.read('SELECT CONNECTION_ID() AS id')
    return { commit: false, result: Number(row?.['id']) }
  })
const isAt = async (id: number, statement: string): Promise<boolean> => {
  const connections = await ledger.rows('SELECT id, info FROM information_schema.processlist')
  return connections.some(
    (one) => Number(one['id']) === id && String(one['info'] ?? '').startsWith(statement),
  )
}
const killAt = async (id: number, statement: string): Promise<void> => {
  await until(`the worker is at ${statement}`, () => isAt(id, statement))
  await ledger.change(`KILL ${id}`)
}

/** After the crash nothing is there, and the next try stores everything. */
const expectNothingThenAll = async (
  { campaign, partition }: Awaited<ReturnType<typeof newSale>>,
  grants: ReturnType<typeof at>,
) => {
  expect(await storedOf(ledger, campaign)).toEqual([])
  expect(await positionOf(ledger, partition)).toBe(0)
  const stretch = { partition, startOffset: 0, endOffset: grants.length, grants }
  expect(await recorder.record(stretch, nothingKept)).toEqual({
    kind: 'recorded',
    nextOffset: grants.length,
    inserted: grants.length,
  })
  expect(await storedOf(ledger, campaign)).toHaveLength(grants.length)
  expect(await positionOf(ledger, partition)).toBe(grants.length)
}

test('dead letters that could not be kept leave neither rows nor position', async () => {
  const sale = await newSale()
  const grants = at(0, grantsOf(sale.campaign, 50))
  const stretch = { partition: sale.partition, startOffset: 0, endOffset: 50, grants }
  const failing = recorder.record(stretch, () => Promise.reject(new Error('Kafka is away')))
  await expect(failing).rejects.toThrow('Kafka is away')
  await expectNothingThenAll(sale, grants)
})

test('a connection that dies between the last statement and the commit leaves neither rows nor position', async () => {
  const sale = await newSale()
  const id = await connectionOfWorker()
  const grants = at(0, grantsOf(sale.campaign, 50))
  const stretch = { partition: sale.partition, startOffset: 0, endOffset: 50, grants }
  await expect(
    recorder.record(stretch, async () => void (await ledger.change(`KILL ${id}`))),
  ).rejects.toMatchObject({
    code: 'unavailable',
  })
  await expectNothingThenAll(sale, grants)
})

test('a connection that dies after the rows, while the position moves, leaves neither', async () => {
  const sale = await newSale()
  const id = await connectionOfWorker()
  const grants = at(0, grantsOf(sale.campaign, 50))
  const recording = await ledger.database.transaction(async (connection) => {
    await connection.read(lockPosition, [sale.partition])
    const stretch = { partition: sale.partition, startOffset: 0, endOffset: 50, grants }
    const started = recorder.record(stretch, nothingKept).catch((cause: unknown) => cause)
    await killAt(id, 'SELECT next_offset FROM ledger_positions')
    return { commit: false, result: { started } }
  })
  expect(await recording.started).toMatchObject({ code: 'unavailable' })
  await expectNothingThenAll(sale, grants)
})

test('a connection that dies in the middle of the rows leaves none of them', async () => {
  const sale = await newSale()
  const id = await connectionOfWorker()
  const grants = at(0, grantsOf(sale.campaign, 50))
  const recording = await ledger.database.transaction(async (connection) => {
    // Rank 25 is in somebody else's hands: the insert waits there, with half of its rows in.
    await connection.change("INSERT INTO coupons VALUES (?, ?, 'rival', 1, ?, 1, 1)", [
      idBytes(grantOf(sale.campaign).couponId),
      idBytes(sale.campaign.id),
      25,
    ])
    const stretch = { partition: sale.partition, startOffset: 0, endOffset: 50, grants }
    const started = recorder.record(stretch, nothingKept).catch((cause: unknown) => cause)
    await killAt(id, 'INSERT INTO coupons')
    return { commit: false, result: { started } }
  })
  expect(await recording.started).toMatchObject({ code: 'unavailable' })
  await expectNothingThenAll(sale, grants)
})

test('a statement that waits longer than it may is given up, and leaves neither rows nor position', async () => {
  const sale = await newSale()
  const grants = at(0, grantsOf(sale.campaign, 50))
  const hasty = connectDatabase({ url: ledger.url, connectionsMax: 1, queryTimeoutMs: 200 })
  await ledger.database.transaction(async (connection) => {
    await connection.read(lockPosition, [sale.partition])
    const stretch = { partition: sale.partition, startOffset: 0, endOffset: 50, grants }
    await expect(createRecorder(hasty).record(stretch, nothingKept)).rejects.toMatchObject({
      code: 'unavailable',
    })
    return { commit: false, result: undefined }
  })
  await expectNothingThenAll(sale, grants)
  await hasty.close()
})

test('what another worker committed a moment before counts: a batch that waited for it stores nothing twice', async () => {
  const sale = await newSale()
  const id = await connectionOfWorker()
  const grants = at(0, grantsOf(sale.campaign, 50))
  const stretch = { partition: sale.partition, startOffset: 0, endOffset: 50, grants }
  const kept = Promise.withResolvers<void>()
  const waiting = Promise.withResolvers<void>()
  const first = createRecorder(ledger.database).record(stretch, async () => {
    waiting.resolve()
    await kept.promise
  })
  await waiting.promise
  const second = recorder.record(stretch, nothingKept)
  await until('the second worker waits', () => isAt(id, 'INSERT INTO coupons'))
  kept.resolve()
  expect(await first).toMatchObject({ kind: 'recorded', inserted: 50 })
  expect(await second).toMatchObject({ kind: 'recorded', inserted: 0, nextOffset: 50 })
  expect(await storedOf(ledger, sale.campaign)).toHaveLength(50)
})
