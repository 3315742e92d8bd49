import { afterEach, beforeEach, expect, test } from 'vitest'
import { createOwnDatabase, type OwnDatabase } from '../../test/harness/servers/own-database.ts'
import { at, grantsOf, newGrant, storedOf } from '../../test/harness/values/grants.ts'
import { until } from '../../test/harness/values/until.ts'
import type { Campaign } from '../campaign.ts'
import { createCampaignRepository } from './campaigns.ts'
import { idBytes } from './ids.ts'
import { createRebuildReader } from './rebuild-reader.ts'
import { createRecorder } from './recorder.ts'
import type { RejectedGrant } from './rejected-grant.ts'

let ledger: OwnDatabase
beforeEach(async () => {
  ledger = await createOwnDatabase()
})
afterEach(() => ledger.close())

const cut = ({ id }: Campaign, epoch: number, ends?: [number, number][]): Promise<boolean> =>
  createCampaignRepository(ledger.database).cut(id, epoch, ends === undefined ? undefined : new Map(ends))
const placeAt = (...positions: [number, number][]): Promise<number> =>
  ledger.change('INSERT INTO ledger_positions (partition_id, next_offset) VALUES ?', [positions])
const epochOf = async ({ id }: Campaign): Promise<unknown> =>
  (await ledger.rows('SELECT epoch FROM campaigns WHERE campaign_id = ?', [idBytes(id)]))[0]?.['epoch']
const cutsOf = ({ id }: Campaign) =>
  ledger.rows(
    'SELECT epoch, partition_id, end_offset FROM campaign_cuts WHERE campaign_id = ? ORDER BY partition_id',
    [idBytes(id)],
  )
/** Whether a statement that begins like this is running in this database. */
const isAt = async (statement: string): Promise<boolean> => {
  const running = await ledger.rows(
    'SELECT info FROM information_schema.processlist WHERE db = DATABASE() AND info IS NOT NULL',
  )
  return running.some(({ info }) => String(info).startsWith(statement))
}
/** Records one grant of epoch 1 at the beginning of partition 0. */
const recordOne = async (campaign: Campaign) => {
  const rejected: RejectedGrant[] = []
  const slice = { partition: 0, startOffset: 0, endOffset: 1, grants: at(0, grantsOf(campaign, 1)) }
  const recorder = createRecorder(ledger.database)
  return { recorded: await recorder.record(slice, async (grants) => void rejected.push(...grants)), rejected }
}
const recordedOne = { recorded: { kind: 'recorded', nextOffset: 1, inserted: 1 }, rejected: [] }

test('an epoch is cut once: a later cut changes nothing', async () => {
  const campaign = await ledger.createCampaign()
  // An empty ledger has no positions to store.
  expect(await cut(campaign, 0)).toBe(true)
  expect(await cut(campaign, 1, [])).toBe(true)
  for (const epoch of [0, 1, 3]) expect(await cut(campaign, epoch, [])).toBe(false)
  expect(await epochOf(campaign)).toBe(2)
})

test('an epoch is cut only at ends that the ledger has reached', async () => {
  const campaign = await ledger.createCampaign({ epoch: 1 })
  await placeAt([0, 5], [1, 3])
  const beyond: [number, number][][] = [
    [
      [0, 6],
      [1, 3],
    ],
    [
      [0, 5],
      [1, 4],
    ],
    [
      [0, 5],
      [1, 3],
      [2, 1],
    ],
  ]
  for (const ends of beyond) expect(await cut(campaign, 1, ends)).toBe(false)
  expect([await cutsOf(campaign), await epochOf(campaign)]).toEqual([[], 1])
  expect(
    await cut(campaign, 1, [
      [0, 5],
      [1, 2],
    ]),
  ).toBe(true)
  expect([await cutsOf(campaign), await epochOf(campaign)]).toEqual([
    [
      { epoch: 1, partition_id: 0, end_offset: 5 },
      { epoch: 1, partition_id: 1, end_offset: 2 },
    ],
    2,
  ])
})

test('a cut that does not name a partition of the ledger is refused', async () => {
  const campaign = await ledger.createCampaign({ epoch: 1 })
  await placeAt([0, 5], [1, 0])
  expect(await cut(campaign, 1, [[0, 5]])).toBe(false)
  expect([await cutsOf(campaign), await epochOf(campaign)]).toEqual([[], 1])
})

test('a ledger that went back cuts every epoch up to that of the gate, and goes on above it', async () => {
  const campaign = await ledger.createCampaign({ epoch: 0 })
  await placeAt([0, 5])
  const { cut: cutUpTo } = createCampaignRepository(ledger.database)
  expect(await cutUpTo(campaign.id, 0, new Map([[0, 5]]), undefined, 2)).toBe(true)
  expect([await cutsOf(campaign), await epochOf(campaign)]).toEqual([
    [
      { epoch: 1, partition_id: 0, end_offset: 5 },
      { epoch: 2, partition_id: 0, end_offset: 5 },
    ],
    3,
  ])
})

test('a cut waits for the rows of a batch that was judged before it', async () => {
  const campaign = await ledger.createCampaign({ epoch: 1 })
  await placeAt([0, 0])
  let isCut = false
  const { recording, cutting } = await ledger.database.transaction(async (connection) => {
    // An open transaction holds rank 1: the batch waits there, after it was judged.
    const rival = idBytes(newGrant(campaign).couponId)
    await connection.change(
      `INSERT INTO coupons (coupon_id, campaign_id, user_id, slot, \`rank\`, epoch, granted_at_ms)
         VALUES (?, ?, 'rival', 1, 1, 1, 1)`,
      [rival, idBytes(campaign.id)],
    )
    const started = recordOne(campaign)
    await until('the batch waits', () => isAt('INSERT INTO coupons'))
    const rowsAtCut = cut(campaign, 1, [[0, 0]]).then(() => {
      isCut = true
      return storedOf(ledger, campaign)
    })
    await until('the cut waits, or is made', async () => isCut || (await isAt('SELECT epoch, retired_at_ms')))
    return { commit: false, result: { recording: started, cutting: rowsAtCut } }
  })
  expect(await recording).toEqual(recordedOne)
  expect(await cutting).toEqual(await storedOf(ledger, campaign))
  expect(await epochOf(campaign)).toBe(2)
})

test('a batch that waited for a cut sees it: grants beyond it are late', async () => {
  const campaign = await ledger.createCampaign({ epoch: 1 })
  await placeAt([0, 0])
  const { recording } = await ledger.database.transaction(async (connection) => {
    const id = idBytes(campaign.id)
    await connection.change('UPDATE campaigns SET epoch = 2 WHERE campaign_id = ?', [id])
    await connection.change('INSERT INTO campaign_cuts VALUES (?, 1, 0, 0)', [id])
    const started = recordOne(campaign)
    await until('the batch waits', () => isAt('SELECT campaign_id, highest_stock'))
    return { commit: true, result: { recording: started } }
  })
  expect(await recording).toMatchObject({
    recorded: { kind: 'recorded', nextOffset: 1, inserted: 0 },
    rejected: [{ reason: 'late' }],
  })
})

test('all chunks of a rebuild show the moment of its position check', async () => {
  const campaign = await ledger.createCampaign({ epoch: 1 })
  // Ranks this far apart are read in two chunks.
  const grants = [newGrant(campaign, { rank: 1 }), newGrant(campaign, { rank: 6_000 })]
  await placeAt([0, 0])
  const slice = { partition: 0, startOffset: 0, endOffset: 2, grants: at(0, grants) }
  await createRecorder(ledger.database).record(slice, async () => {})
  const chunks: number[][] = []
  const isWhole = await createRebuildReader(ledger.database).read(
    campaign.id,
    new Map([[0, 2]]),
    async (chunk) => {
      chunks.push(chunk.map(({ rank }) => rank))
      if (chunks.length > 1) return
      await ledger.change('DELETE FROM coupons')
      await ledger.change('UPDATE ledger_positions SET next_offset = 0')
    },
  )
  expect([isWhole, chunks]).toEqual([true, [[1], [6_000]]])
})
