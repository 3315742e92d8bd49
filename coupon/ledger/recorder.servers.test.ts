import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOwnDatabase, type OwnDatabase } from '../../test/harness/servers/own-database.ts'
import { at, grantsOf, newGrant, positionOf, storedOf } from '../../test/harness/values/grants.ts'
import type { LoggedGrant } from './log-slice.ts'
import { createPositionRepository } from './positions.ts'
import { createRecorder, type Recorded, type Recorder } from './recorder.ts'
import type { RejectedGrant } from './rejected-grant.ts'

let ledger: OwnDatabase
let recorder: Recorder
beforeAll(async () => {
  ledger = await createOwnDatabase()
  recorder = createRecorder(ledger.database)
})
afterAll(() => ledger.close())

/** A partition that no other test uses, with the ledger at `next`. */
let partitions = 0
const newPartition = async (next = 0): Promise<number> => {
  partitions += 1
  await ledger.change('INSERT INTO ledger_positions (partition_id, next_offset) VALUES (?, ?)', [
    partitions,
    next,
  ])
  return partitions
}
/** Records grants as one slice, and collects the rejected ones. */
const record = async (
  partition: number,
  grants: readonly LoggedGrant[],
  range: { startOffset?: number; endOffset?: number } = {},
): Promise<{ recorded: Recorded; rejected: RejectedGrant[] }> => {
  const rejected: RejectedGrant[] = []
  const startOffset = range.startOffset ?? grants[0]?.offset ?? 0
  const endOffset = range.endOffset ?? (grants.at(-1)?.offset ?? 0) + 1
  const recorded = await recorder.record({ partition, startOffset, endOffset, grants }, async (kept) => {
    rejected.push(...kept)
  })
  return { recorded, rejected }
}

test('grants become rows with every fact, and the position moves to the end of the slice', async () => {
  const campaign = await ledger.createCampaign({ epoch: 1 })
  const partition = await newPartition()
  const grants = [
    ...grantsOf(campaign, 998),
    newGrant(campaign, { rank: 10_000, slot: 10, grantedAtMs: 253_402_300_799_999 }),
  ]
  const { recorded, rejected } = await record(partition, at(0, grants), { endOffset: 1_002 })
  expect(recorded).toEqual({ kind: 'recorded', nextOffset: 1_002, inserted: 999 })
  expect(rejected).toEqual([])
  expect(await storedOf(ledger, campaign)).toEqual(grants)
  expect(await positionOf(ledger, partition)).toBe(1_002)
})

test('a slice without a grant moves the position', async () => {
  const partition = await newPartition(3)
  expect((await record(partition, [], { startOffset: 3, endOffset: 8 })).recorded).toEqual({
    kind: 'recorded',
    nextOffset: 8,
    inserted: 0,
  })
  expect(await positionOf(ledger, partition)).toBe(8)
})

test('a batch that is delivered again adds no row, moves nothing back and rejects nothing', async () => {
  const campaign = await ledger.createCampaign({ epoch: 1 })
  const partition = await newPartition()
  const grants = at(0, grantsOf(campaign, 100))
  await record(partition, grants)
  await record(partition, at(100, grantsOf(campaign, 50, 101)))
  for (const again of [
    grants,
    grants.slice(20, 60),
    [...grants.slice(90), ...at(100, grantsOf(campaign, 0))],
  ]) {
    const { recorded, rejected } = await record(partition, again)
    expect(recorded).toMatchObject({ kind: 'recorded', inserted: 0 })
    expect(rejected).toEqual([])
  }
  expect(await storedOf(ledger, campaign)).toHaveLength(150)
  expect(await positionOf(ledger, partition)).toBe(150)
})

test('a redelivery is accepted in another partition, and among new grants', async () => {
  const campaign = await ledger.createCampaign({ epoch: 1 })
  const [one, two] = [await newPartition(), await newPartition()]
  const grants = grantsOf(campaign, 10)
  await record(one, at(0, grants))
  const { recorded, rejected } = await record(two, at(0, [...grants.slice(5), ...grantsOf(campaign, 5, 11)]))
  expect(recorded).toEqual({ kind: 'recorded', nextOffset: 10, inserted: 5 })
  expect(rejected).toEqual([])
})

test('the same batch from four workers at once is stored once and moves the position once', async () => {
  const campaign = await ledger.createCampaign({ epoch: 1 })
  const partition = await newPartition()
  const grants = at(0, grantsOf(campaign, 500))
  const workers = await Promise.allSettled([1, 2, 3, 4].map(() => record(partition, grants)))
  // A deadlock among them is a failure that the worker retries.
  for (const worker of workers) {
    if (worker.status === 'rejected') expect(worker.reason).toMatchObject({ code: 'unavailable' })
    else expect(worker.value).toMatchObject({ recorded: { kind: 'recorded', nextOffset: 500 }, rejected: [] })
  }
  const inserted = workers.map((worker) =>
    worker.status === 'fulfilled' && worker.value.recorded.kind === 'recorded'
      ? worker.value.recorded.inserted
      : 0,
  )
  expect(inserted.reduce((sum, count) => sum + count, 0)).toBe(500)
  expect(await storedOf(ledger, campaign)).toHaveLength(500)
  expect(await positionOf(ledger, partition)).toBe(500)
})

test('a worker that starts below the stored position stores nothing twice and moves nothing back', async () => {
  const campaign = await ledger.createCampaign({ epoch: 1 })
  const partition = await newPartition()
  const grants = at(0, grantsOf(campaign, 30))
  await record(partition, grants.slice(0, 20))
  const { recorded, rejected } = await record(partition, grants.slice(10))
  expect(recorded).toEqual({ kind: 'recorded', nextOffset: 30, inserted: 10 })
  expect(rejected).toEqual([])
  expect((await record(partition, grants.slice(0, 5))).recorded).toEqual({
    kind: 'recorded',
    nextOffset: 5,
    inserted: 0,
  })
  expect(await positionOf(ledger, partition)).toBe(30)
})

test('a worker that starts above the stored position stores nothing and gets that position', async () => {
  const campaign = await ledger.createCampaign({ epoch: 1 })
  const partition = await newPartition(4)
  const { recorded, rejected } = await record(partition, at(5, grantsOf(campaign, 10)))
  expect(recorded).toEqual({ kind: 'elsewhere', nextOffset: 4 })
  expect(rejected).toEqual([])
  expect([await storedOf(ledger, campaign), await positionOf(ledger, partition)]).toEqual([[], 4])
  const unknown = await record(partitions + 1_000, at(0, grantsOf(campaign, 1)))
  expect(unknown.recorded).toEqual({ kind: 'elsewhere', nextOffset: 0 })
})

test('after rows and position went back together, recording goes on from there', async () => {
  const campaign = await ledger.createCampaign({ epoch: 1 })
  const partition = await newPartition()
  const grants = at(0, grantsOf(campaign, 40))
  await record(partition, grants.slice(0, 30))
  await ledger.change('DELETE FROM coupons WHERE `rank` > 10 AND campaign_id = UNHEX(?)', [
    campaign.id.replaceAll('-', ''),
  ])
  await ledger.change('UPDATE ledger_positions SET next_offset = 10 WHERE partition_id = ?', [partition])
  const { recorded } = await record(partition, grants.slice(30))
  expect(recorded).toEqual({ kind: 'elsewhere', nextOffset: 10 })
  expect((await record(partition, grants.slice(10))).recorded).toEqual({
    kind: 'recorded',
    nextOffset: 40,
    inserted: 30,
  })
  expect(await storedOf(ledger, campaign)).toEqual(grants.map(({ grant }) => grant))
})

test('ids compare byte by byte: A and a are two users', async () => {
  const campaign = await ledger.createCampaign({ epoch: 1 })
  const users = ['A', 'a', 'a.', 'a-', 'z'.repeat(64), 'Z'.repeat(64), 'aZ09._~@|:+-', '-', '0']
  const grants = users.map((userId, index) => newGrant(campaign, { userId, rank: index + 1 }))
  const { recorded, rejected } = await record(await newPartition(), at(0, grants))
  expect([recorded, rejected]).toMatchObject([{ inserted: users.length }, []])
  expect(await storedOf(ledger, campaign)).toEqual(grants)
})

test('a new partition starts at 0, also when two read it at once, and then keeps its position', async () => {
  const positions = createPositionRepository(ledger.database)
  const fresh = [501, 502]
  const [first, second] = await Promise.all([positions.read(fresh), positions.read(fresh)])
  for (const read of [first, second]) expect([read.get(501), read.get(502)]).toEqual([0, 0])
  await ledger.change('UPDATE ledger_positions SET next_offset = 9 WHERE partition_id = 501')
  const again = await positions.read([...fresh, 503])
  expect([again.get(501), again.get(502), again.get(503)]).toEqual([9, 0, 0])
})
