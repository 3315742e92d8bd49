import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOwnDatabase, type OwnDatabase } from '../../test/harness/servers/own-database.ts'
import type { Campaign, CampaignTerms } from '../campaign.ts'
import { createCampaignRepository } from './campaigns.ts'
import { readChanges } from './change-settings.ts'
import { createGrantTimes } from './grant-times.ts'
import { idBytes } from './ids.ts'
import { createTimelineReader, type Timeline } from './sale-timeline.ts'

let own: OwnDatabase
beforeAll(async () => {
  own = await createOwnDatabase()
})
afterAll(() => own.close())

const startMs = Date.now() + 60_000

const rowsInStatement = 5_000

/** Adds coupons of the ranks from `first` to `last`, one a millisecond from `atMs` on. */
const sell = async ({ id }: Campaign, first: number, last: number, atMs = startMs): Promise<void> => {
  for (let from = first; from <= last; from += rowsInStatement) {
    const rows = Array.from({ length: Math.min(rowsInStatement, last - from + 1) }, (_, index) => {
      const rank = from + index
      return [idBytes(randomUUIDv7()), idBytes(id), `user-${rank}`, 1, rank, 1, atMs + rank - first]
    })
    await own.change(
      'INSERT INTO coupons (coupon_id, campaign_id, user_id, slot, `rank`, epoch, granted_at_ms) VALUES ?',
      [rows],
    )
  }
}
const create = (changes: Partial<CampaignTerms>): Promise<Campaign> => own.createCampaign(changes)
const raise = async (id: string, stock: number, atMs: number): Promise<void> => {
  await createCampaignRepository(own.database).change(id, {
    ...{ action: 'stock-raised', ifVersion: undefined, atMs },
    origin: { by: 'olga', from: '127.0.0.1', reason: 'more' },
    change: (campaign) => ({ settings: { ...campaign, stock } }),
  })
}
const read = async (id: string): Promise<Timeline> => {
  const repository = createCampaignRepository(own.database)
  const timeline = await createTimelineReader(repository, createGrantTimes(own.database))(id)
  if (timeline === undefined) throw new Error('the campaign is there')
  return timeline
}
const milestonesOf = async ({ id }: Campaign): Promise<string[]> =>
  (await read(id)).milestones.map(({ kind, rank, atMs }) => `${kind} ${rank} +${atMs - startMs}`)

test('a sale without a winner has its changes alone', async () => {
  const campaign = await create({ stock: 10 })
  const timeline = await read(campaign.id)
  expect(timeline).toMatchObject({ milestones: [], points: [], changes: [{ action: 'created' }] })
})

test('a campaign that never was has no timeline', async () => {
  const readTimeline = createTimelineReader(
    createCampaignRepository(own.database),
    createGrantTimes(own.database),
  )
  expect(await readTimeline('01900000-0000-7000-8000-000000000000')).toBeUndefined()
})

test('the winner of the only coupon is the first, half, the sell-out and the last', async () => {
  const campaign = await create({ stock: 1 })
  await sell(campaign, 1, 1)
  expect(await milestonesOf(campaign)).toEqual(['first 1 +0', 'half 1 +0', 'sold-out 1 +0', 'last 1 +0'])
  expect((await read(campaign.id)).points).toEqual([{ rank: 1, atMs: startMs }])
})

test('stock that is raised after a sell-out leaves it, and has its own', async () => {
  const campaign = await create({ stock: 10 })
  await sell(campaign, 1, 10)
  await raise(campaign.id, 30, startMs + 5_000)
  const before = ['first 1 +0', 'half 5 +4', 'sold-out 10 +9']
  expect(await milestonesOf(campaign)).toEqual([...before, 'last 10 +9'])
  await sell(campaign, 11, 30, startMs + 6_000)
  const after = ['half 15 +6004', 'sold-out 30 +6019', 'last 30 +6019']
  expect(await milestonesOf(campaign)).toEqual([...before, ...after])
  expect((await read(campaign.id)).changes.map(({ action, by }) => [action, by])).toEqual([
    ['stock-raised', 'olga'],
    ['created', null],
  ])
})

test('a row that is not there yet is left out, and is no milestone', async () => {
  const campaign = await create({ stock: 10 })
  await sell(campaign, 2, 4)
  expect(await milestonesOf(campaign)).toEqual(['last 4 +2'])
})

test('a retired campaign has its timeline for good', async () => {
  const campaign = await create({ stock: 2 })
  await sell(campaign, 1, 2)
  const before = await read(campaign.id)
  await own.change('UPDATE campaigns SET retired_at_ms = 1, granted = 2 WHERE campaign_id = ?', [
    idBytes(campaign.id),
  ])
  const { milestones, points, changes } = await read(campaign.id)
  expect({ milestones, points, changes }).toEqual({
    ...{ milestones: before.milestones, points: before.points, changes: before.changes },
  })
})

test('from some hundred winners on the cost is the same, however many there are', async () => {
  const [small, middle, large] = [
    await create({ stock: 200 }),
    await create({ stock: 2_000 }),
    await create({ stock: 120_000 }),
  ]
  await sell(small, 1, 100)
  await sell(middle, 1, 1_000)
  await sell(large, 1, 100_000)
  await own.change('ANALYZE TABLE coupons')
  /** Index entries and rows that the database touches, and the timeline. */
  const costOf = (campaign: Campaign): Promise<[touched: number, Timeline | undefined]> =>
    own.database.transaction(async (connection) => {
      const touched = async (): Promise<number> => {
        const counters = await connection.read("SHOW SESSION STATUS LIKE 'Handler_read%'")
        return counters.reduce((sum, row) => sum + Number(row['Value']), 0)
      }
      const campaigns = {
        read: async () => campaign,
        changes: (id: string, limit: number) => readChanges(connection, id, limit),
      }
      const readTimeline = createTimelineReader(campaigns, createGrantTimes(connection))
      const before = await touched()
      const timeline = await readTimeline(campaign.id)
      return { commit: false, result: [(await touched()) - before, timeline] }
    })
  const [[ofSmall], [ofMiddle], [ofLarge, timeline]] = [
    await costOf(small),
    await costOf(middle),
    await costOf(large),
  ]
  expect(timeline?.points.length).toBeGreaterThan(480)
  expect(timeline?.milestones.map(({ kind, rank }) => [kind, rank])).toEqual([
    ...[
      ['first', 1],
      ['thousandth', 1_000],
      ['half', 60_000],
      ['last', 100_000],
    ],
  ])
  // All of a hundred, and of others as many as there are points.
  expect(ofSmall).toBeGreaterThan(100)
  expect(Math.abs(ofLarge - ofMiddle)).toBeLessThan(20)
  expect(ofLarge).toBeLessThan(700)
})
