import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectDatabase, type Database } from '../../platform/mysql/database.ts'
import { createOwnDatabase, type OwnDatabase } from '../../test/harness/servers/own-database.ts'
import { at, grantsOf, newGrant, positionOf, storedOf } from '../../test/harness/values/grants.ts'
import { until } from '../../test/harness/values/until.ts'
import type { Campaign } from '../campaign.ts'
import { idBytes } from './ids.ts'
import { createRecorder, type Recorder } from './recorder.ts'

/** The worker has one connection of its own: everything else in a test uses those of the ledger. */
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
/** A campaign, and a slice of 50 grants of it in a partition that no other test uses. */
const newSale = async () => {
  partitions += 1
  const partition = partitions
  await ledger.change('INSERT INTO ledger_positions (partition_id, next_offset) VALUES (?, 0)', [partition])
  const campaign: Campaign = await ledger.createCampaign({ epoch: 1 })
  const slice = { partition, startOffset: 0, endOffset: 50, grants: at(0, grantsOf(campaign, 50)) }
  return { campaign, slice }
}
const nothingKept = async (): Promise<void> => {}

const connectionOfWorker = async (): Promise<number> =>
  Number((await worker.read('SELECT CONNECTION_ID() AS id'))[0]?.['id'])
const isAt = async (id: number, statement: string): Promise<boolean> => {
  const connections = await ledger.rows('SELECT id, info FROM information_schema.processlist')
  return connections.some(
    (connection) => Number(connection['id']) === id && String(connection['info'] ?? '').startsWith(statement),
  )
}
const killAt = async (id: number, statement: string): Promise<void> => {
  await until(`the worker is at ${statement}`, () => isAt(id, statement))
  await ledger.change(`KILL ${id}`)
}

/** Nothing is stored, and the next try stores everything. */
const expectNothingThenAll = async ({ campaign, slice }: Awaited<ReturnType<typeof newSale>>) => {
  expect(await storedOf(ledger, campaign)).toEqual([])
  expect(await positionOf(ledger, slice.partition)).toBe(0)
  expect(await recorder.record(slice, nothingKept)).toEqual({
    kind: 'recorded',
    nextOffset: 50,
    inserted: 50,
  })
  expect(await storedOf(ledger, campaign)).toHaveLength(50)
  expect(await positionOf(ledger, slice.partition)).toBe(50)
}

describe('neither rows nor position are stored, and the next try stores all', () => {
  test('when dead letters could not be kept', async () => {
    const sale = await newSale()
    const failing = recorder.record(sale.slice, () => Promise.reject(new Error('Kafka is unavailable')))
    await expect(failing).rejects.toThrow('Kafka is unavailable')
    await expectNothingThenAll(sale)
  })

  test('when the connection dies between the last statement and the commit', async () => {
    const sale = await newSale()
    const id = await connectionOfWorker()
    const failing = recorder.record(sale.slice, async () => void (await ledger.change(`KILL ${id}`)))
    await expect(failing).rejects.toMatchObject({ code: 'unavailable' })
    await expectNothingThenAll(sale)
  })

  test('when the connection dies after the rows, while the position moves', async () => {
    const sale = await newSale()
    const id = await connectionOfWorker()
    const recording = await ledger.database.transaction(async (connection) => {
      await connection.read(lockPosition, [sale.slice.partition])
      const started = recorder.record(sale.slice, nothingKept).catch((cause: unknown) => cause)
      await killAt(id, 'SELECT next_offset FROM ledger_positions')
      return { commit: false, result: { started } }
    })
    expect(await recording.started).toMatchObject({ code: 'unavailable' })
    await expectNothingThenAll(sale)
  })

  test('when the connection dies in the middle of the rows', async () => {
    const sale = await newSale()
    const id = await connectionOfWorker()
    const recording = await ledger.database.transaction(async (connection) => {
      // An open transaction holds rank 25: the insert waits there, with half of its rows in.
      await connection.change(
        `INSERT INTO coupons (coupon_id, campaign_id, user_id, slot, \`rank\`, epoch, granted_at_ms)
         VALUES (?, ?, 'rival', 1, ?, 1, 1)`,
        [idBytes(newGrant(sale.campaign).couponId), idBytes(sale.campaign.id), 25],
      )
      const started = recorder.record(sale.slice, nothingKept).catch((cause: unknown) => cause)
      await killAt(id, 'INSERT INTO coupons')
      return { commit: false, result: { started } }
    })
    expect(await recording.started).toMatchObject({ code: 'unavailable' })
    await expectNothingThenAll(sale)
  })

  test('when a statement takes longer than the query timeout', async () => {
    const sale = await newSale()
    const hasty = connectDatabase({ url: ledger.url, connectionsMax: 1, queryTimeoutMs: 200 })
    await ledger.database.transaction(async (connection) => {
      await connection.read(lockPosition, [sale.slice.partition])
      const failing = createRecorder(hasty).record(sale.slice, nothingKept)
      await expect(failing).rejects.toMatchObject({ code: 'unavailable' })
      return { commit: false, result: undefined }
    })
    await expectNothingThenAll(sale)
    await hasty.close()
  })
})

test('a batch that waited for another worker sees its commit, and stores nothing twice', async () => {
  const { campaign, slice } = await newSale()
  const id = await connectionOfWorker()
  const kept = Promise.withResolvers<void>()
  const waiting = Promise.withResolvers<void>()
  const first = createRecorder(ledger.database).record(slice, async () => {
    waiting.resolve()
    await kept.promise
  })
  await waiting.promise
  const second = recorder.record(slice, nothingKept)
  await until('the second worker waits', () => isAt(id, 'INSERT INTO coupons'))
  kept.resolve()
  expect(await first).toMatchObject({ kind: 'recorded', inserted: 50 })
  expect(await second).toMatchObject({ kind: 'recorded', inserted: 0, nextOffset: 50 })
  expect(await storedOf(ledger, campaign)).toHaveLength(50)
})
