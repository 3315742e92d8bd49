import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOwnDatabase, type OwnDatabase } from '../../test/harness/servers/own-database.ts'
import { at, grantsOf, newGrant, positionOf, storedOf } from '../../test/harness/values/grants.ts'
import type { Campaign } from '../campaign.ts'
import { idBytes } from './ids.ts'
import type { LoggedGrant } from './log-slice.ts'
import { createRecorder, type Recorded, type Recorder } from './recorder.ts'
import type { RejectedGrant } from './rejected-grant.ts'

let ledger: OwnDatabase
let recorder: Recorder
beforeAll(async () => {
  ledger = await createOwnDatabase()
  recorder = createRecorder(ledger.database)
})
afterAll(() => ledger.close())

let partitions = 0
/** Two partitions that no other test uses, with the ledger at these positions. */
const newPartitions = async (next: number, otherNext: number): Promise<[number, number]> => {
  partitions += 2
  await ledger.change('INSERT INTO ledger_positions (partition_id, next_offset) VALUES ?', [
    [
      [partitions, next],
      [partitions + 1, otherNext],
    ],
  ])
  return [partitions, partitions + 1]
}
const cut = (campaign: Campaign, epoch: number, partition: number, endOffset: number) =>
  ledger.change('INSERT INTO campaign_cuts VALUES (?, ?, ?, ?)', [
    idBytes(campaign.id),
    epoch,
    partition,
    endOffset,
  ])

const record = async (
  partition: number,
  grants: readonly LoggedGrant[],
  startOffset = grants[0]?.offset ?? 0,
) => {
  const rejected: RejectedGrant[] = []
  const slice = { partition, startOffset, endOffset: (grants.at(-1)?.offset ?? 0) + 1, grants }
  const recorded: Recorded = await recorder.record(slice, async (kept) => void rejected.push(...kept))
  return { recorded, late: rejected.map(({ offset, reason }) => [offset, reason]) }
}

test('a grant of an ended epoch is stored below its cut, and late at or beyond it', async () => {
  const campaign = await ledger.createCampaign({ epoch: 2 })
  const [partition, other] = await newPartitions(10, 7)
  await cut(campaign, 1, partition, 11)
  await cut(campaign, 1, other, 7)
  const grants = at(10, grantsOf(campaign, 3))
  // Grants below the cut have to be stored before those beyond it can be judged.
  expect(await record(partition, grants)).toEqual({
    recorded: { kind: 'recorded', nextOffset: 11, inserted: 1 },
    late: [],
  })
  expect(await record(partition, grants.slice(1))).toEqual({
    recorded: { kind: 'recorded', nextOffset: 13, inserted: 0 },
    late: [
      [11, 'late'],
      [12, 'late'],
    ],
  })
  expect((await storedOf(ledger, campaign)).map(({ rank }) => rank)).toEqual([1])
})

test('a grant of the current epoch is stored, wherever earlier epochs were cut', async () => {
  const campaign = await ledger.createCampaign({ epoch: 2 })
  const [partition] = await newPartitions(50, 0)
  await cut(campaign, 1, partition, 5)
  const [late, current] = [newGrant(campaign, { rank: 1 }), newGrant(campaign, { rank: 2, epoch: 2 })]
  const { recorded, late: found } = await record(partition, at(50, [late, current]))
  expect([recorded, found]).toEqual([{ kind: 'recorded', nextOffset: 52, inserted: 1 }, [[50, 'late']]])
  expect(await storedOf(ledger, campaign)).toEqual([current])
})

test('the redelivery of a stored grant beyond the cut is accepted', async () => {
  const campaign = await ledger.createCampaign({ epoch: 1 })
  const [partition, other] = await newPartitions(0, 0)
  const grants = grantsOf(campaign, 2)
  await record(partition, at(0, grants))
  await ledger.change('UPDATE campaigns SET epoch = 2 WHERE campaign_id = ?', [idBytes(campaign.id)])
  await cut(campaign, 1, partition, 2)
  await cut(campaign, 1, other, 0)
  const again = [...grants, newGrant(campaign, { rank: 9 })]
  expect(await record(partition, at(2, again))).toEqual({
    recorded: { kind: 'recorded', nextOffset: 5, inserted: 0 },
    late: [[4, 'late']],
  })
  expect(await record(other, at(0, grants))).toMatchObject({ recorded: { inserted: 0 }, late: [] })
})

test('nothing is late while another partition is below the cut: it may have a duplicate', async () => {
  const campaign = await ledger.createCampaign({ epoch: 2 })
  const [partition, other] = await newPartitions(5, 0)
  await cut(campaign, 1, partition, 5)
  await cut(campaign, 1, other, 2)
  const [duplicate, ...rest] = grantsOf(campaign, 2)
  if (duplicate === undefined) throw new Error('no grant')
  const beyond = at(5, [duplicate])
  expect(await record(partition, beyond)).toEqual({ recorded: { kind: 'undecided' }, late: [] })
  expect(await positionOf(ledger, partition)).toBe(5)
  await record(other, at(0, [...rest]))
  expect((await record(partition, beyond)).recorded).toEqual({ kind: 'undecided' })
  await record(other, at(1, [duplicate]))
  expect(await record(partition, beyond)).toEqual({
    recorded: { kind: 'recorded', nextOffset: 6, inserted: 0 },
    late: [],
  })
  expect(await storedOf(ledger, campaign)).toHaveLength(2)
})

test('records before the first undecided grant are stored, the rest waits', async () => {
  const [campaign, ended] = [
    await ledger.createCampaign({ epoch: 1 }),
    await ledger.createCampaign({ epoch: 2 }),
  ]
  const [partition, other] = await newPartitions(0, 0)
  await cut(ended, 1, partition, 0)
  await cut(ended, 1, other, 3)
  const [before, after] = [grantsOf(campaign, 3), grantsOf(campaign, 3, 4)]
  const grants = at(0, [...before, newGrant(ended), ...after])
  expect(await record(partition, grants)).toEqual({
    recorded: { kind: 'recorded', nextOffset: 3, inserted: 3 },
    late: [],
  })
  expect(await positionOf(ledger, partition)).toBe(3)
  expect((await record(partition, grants.slice(3))).recorded).toEqual({ kind: 'undecided' })
  await record(other, [], 0)
  await ledger.change('UPDATE ledger_positions SET next_offset = 3 WHERE partition_id = ?', [other])
  expect(await record(partition, grants.slice(3))).toEqual({
    recorded: { kind: 'recorded', nextOffset: 7, inserted: 3 },
    late: [[3, 'late']],
  })
})

test('the position moves past markers before an undecided grant', async () => {
  const campaign = await ledger.createCampaign({ epoch: 2 })
  const [partition, other] = await newPartitions(0, 0)
  await cut(campaign, 1, partition, 0)
  await cut(campaign, 1, other, 1)
  // Offsets 0 to 3 are markers.
  expect((await record(partition, at(4, grantsOf(campaign, 1)), 0)).recorded).toMatchObject({ nextOffset: 4 })
  expect(await positionOf(ledger, partition)).toBe(4)
})

test('nothing of an ended epoch without a cut is late: where it ended is unknown', async () => {
  const campaign = await ledger.createCampaign({ epoch: 3 })
  const [partition, other] = await newPartitions(0, 0)
  await cut(campaign, 2, partition, 1)
  await cut(campaign, 2, other, 0)
  const grants = at(0, [newGrant(campaign, { epoch: 2 }), newGrant(campaign, { epoch: 1, rank: 2 })])
  expect((await record(partition, grants)).late).toEqual([])
  expect(await storedOf(ledger, campaign)).toHaveLength(2)
})

test('nothing is late in a partition that the cut does not name', async () => {
  const campaign = await ledger.createCampaign({ epoch: 2 })
  const [partition, other] = await newPartitions(0, 9)
  await cut(campaign, 1, other, 9)
  expect((await record(partition, at(0, grantsOf(campaign, 2)))).late).toEqual([])
  expect(await storedOf(ledger, campaign)).toHaveLength(2)
})

test('a duplicate on both sides of the cut in one slice is one row and no late grant', async () => {
  const campaign = await ledger.createCampaign({ epoch: 2 })
  const [partition, other] = await newPartitions(0, 0)
  await cut(campaign, 1, partition, 1)
  await cut(campaign, 1, other, 0)
  const [grant] = grantsOf(campaign, 1)
  if (grant === undefined) throw new Error('no grant')
  const grants = at(0, [grant, grant])
  expect(await record(partition, grants)).toMatchObject({
    recorded: { nextOffset: 1, inserted: 1 },
    late: [],
  })
  expect(await record(partition, grants.slice(1))).toMatchObject({
    recorded: { nextOffset: 2, inserted: 0 },
    late: [],
  })
})
