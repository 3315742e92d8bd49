import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOwnDatabase, type OwnDatabase } from '../../test/harness/servers/own-database.ts'
import { at, grantsOf, newGrant, positionOf, storedOf } from '../../test/harness/values/grants.ts'
import type { Campaign } from '../campaign.ts'
import type { Grant } from '../grant.ts'
import { createRecorder, type Recorded, type Recorder } from './recorder.ts'
import type { RejectedGrant } from './rejected-grant.ts'

let ledger: OwnDatabase
let recorder: Recorder
beforeAll(async () => {
  ledger = await createOwnDatabase()
  recorder = createRecorder(ledger.database)
})
afterAll(() => ledger.close())

const stock = 100
let partitions = 0
/** A campaign with a stock of 100 and rows on the ranks 1 to 3. */
const openSale = async () => {
  const campaign = await ledger.createCampaign({ epoch: 1, stock })
  const stored = grantsOf(campaign, 3)
  partitions += 1
  const partition = partitions
  await ledger.change('INSERT INTO ledger_positions (partition_id, next_offset) VALUES (?, 0)', [partition])
  let next = 0
  const record = async (
    grants: Grant[],
  ): Promise<{ recorded: Recorded; rejected: RejectedGrant[]; startOffset: number }> => {
    const rejected: RejectedGrant[] = []
    const startOffset = next
    next += grants.length
    const slice = { partition, startOffset, endOffset: next, grants: at(startOffset, grants) }
    const recorded = await recorder.record(slice, async (unstored) => void rejected.push(...unstored))
    return { recorded, rejected, startOffset }
  }
  await record(stored)
  return { campaign, partition, stored, record }
}
type Sale = { campaign: Campaign; stored: Grant[] }

const first = ({ stored }: Sale): Grant => {
  const [grant] = stored
  if (grant === undefined) throw new Error('nothing is stored')
  return grant
}

/**
 * Grants that break a promise, and why they are rejected. Each goes among good grants with the ranks from 10
 * on.
 */
const conflicts: [string, RejectedGrant['reason'], (sale: Sale) => Grant][] = [
  ['another coupon on a rank that is taken', 'rank-taken', ({ campaign }) => newGrant(campaign, { rank: 2 })],
  [
    'another coupon for a user and slot that hold one',
    'slot-taken',
    (sale) => newGrant(sale.campaign, { rank: 50, userId: first(sale).userId }),
  ],
  [
    'another coupon with the rank, user and slot of a stored one',
    'rank-taken',
    (sale) => ({ ...first(sale), couponId: randomUUIDv7() }),
  ],
  ['a stored coupon with another rank', 'coupon-differs', (sale) => ({ ...first(sale), rank: 50 })],
  ['a stored coupon with another user', 'coupon-differs', (sale) => ({ ...first(sale), userId: 'somebody' })],
  ['a stored coupon with another slot', 'coupon-differs', (sale) => ({ ...first(sale), slot: 2 })],
  [
    'a stored coupon with another user and rank',
    'coupon-differs',
    (sale) => ({ ...first(sale), userId: 'somebody', rank: 51 }),
  ],
  ['a rank above the stock', 'rank-above-stock', ({ campaign }) => newGrant(campaign, { rank: stock + 1 })],
  [
    'the highest possible rank',
    'rank-above-stock',
    ({ campaign }) => newGrant(campaign, { rank: 4_294_967_295 }),
  ],
  ['a campaign that the ledger does not have', 'unknown-campaign', () => newGrant({ id: randomUUIDv7() })],
]

test.each(conflicts)('%s is rejected as %s, and its neighbours are stored', async (_, reason, conflictIn) => {
  const sale = await openSale()
  const bad = conflictIn(sale)
  const neighbours = grantsOf(sale.campaign, 20, 10)
  const { recorded, rejected, startOffset } = await sale.record([
    ...neighbours.slice(0, 10),
    bad,
    ...neighbours.slice(10),
  ])
  expect(recorded).toEqual({ kind: 'recorded', nextOffset: startOffset + 21, inserted: 20 })
  expect(rejected).toMatchObject([{ reason, offset: startOffset + 10, grant: bad }])
  expect(rejected[0]?.message).not.toBe('')
  expect(await storedOf(ledger, sale.campaign)).toEqual([...sale.stored, ...neighbours])
  expect(await positionOf(ledger, sale.partition)).toBe(startOffset + 21)
})

test('every conflict in one batch is rejected with its own reason, and the rest is stored', async () => {
  const sale = await openSale()
  const bad = conflicts.map(([, , conflictIn]) => conflictIn(sale))
  const neighbours = grantsOf(sale.campaign, bad.length, 10)
  const { recorded, rejected } = await sale.record(
    neighbours.flatMap((good, index) => [good, bad[index] ?? good]),
  )
  expect(recorded).toMatchObject({ inserted: bad.length })
  const reasons = new Map(rejected.map(({ grant, reason }) => [grant, reason]))
  expect(bad.map((grant) => reasons.get(grant))).toEqual(conflicts.map(([, reason]) => reason))
  expect(await storedOf(ledger, sale.campaign)).toEqual([...sale.stored, ...neighbours])
})

test('of two grants with the same rank in one batch, the first is stored and the second rejected', async () => {
  const { campaign, record } = await openSale()
  const [one, two] = [newGrant(campaign, { rank: 7 }), newGrant(campaign, { rank: 7 })]
  const { recorded, rejected } = await record([one, two])
  expect([recorded, rejected]).toMatchObject([{ inserted: 1 }, [{ reason: 'rank-taken', grant: two }]])
})

test('of two grants for the same user and slot in one batch, the first is stored', async () => {
  const { campaign, record } = await openSale()
  const one = newGrant(campaign, { rank: 7 })
  const two = newGrant(campaign, { rank: 8, userId: one.userId })
  const { recorded, rejected } = await record([one, two])
  expect([recorded, rejected]).toMatchObject([{ inserted: 1 }, [{ reason: 'slot-taken', grant: two }]])
})

test('the same grant twice in one batch is accepted as a redelivery', async () => {
  const { campaign, record } = await openSale()
  const one = newGrant(campaign, { rank: 7 })
  const { recorded, rejected } = await record([one, { ...one }])
  expect([recorded, rejected]).toMatchObject([{ inserted: 1 }, []])
})

test('the same rank, user and slot in two campaigns are two rows', async () => {
  const [one, two] = [await openSale(), await openSale()]
  const mine = newGrant(one.campaign, { rank: 7 })
  const { recorded } = await one.record([
    mine,
    { ...mine, campaignId: two.campaign.id, couponId: randomUUIDv7() },
  ])
  expect(recorded).toMatchObject({ inserted: 2 })
})

test('a rank up to the highest stock so far is stored, also after the stock was lowered', async () => {
  const { campaign, record } = await openSale()
  await ledger.change('UPDATE campaigns SET stock = 1 WHERE campaign_id = UNHEX(?)', [
    campaign.id.replaceAll('-', ''),
  ])
  const { recorded, rejected } = await record([newGrant(campaign, { rank: stock })])
  expect([recorded, rejected]).toMatchObject([{ inserted: 1 }, []])
})

test('recording re-decides nothing: no state, slot limit or window rejects a grant', async () => {
  const nowMs = Date.now()
  const campaign = await ledger.createCampaign({
    epoch: 1,
    perUserLimit: 1,
    opensAtMs: nowMs - 20,
    closesAtMs: nowMs - 10,
  })
  const { record } = await openSale()
  const { recorded, rejected } = await record([
    newGrant(campaign, { slot: 9, grantedAtMs: nowMs + 1_000_000 }),
  ])
  expect([recorded, rejected]).toMatchObject([{ inserted: 1 }, []])
})
