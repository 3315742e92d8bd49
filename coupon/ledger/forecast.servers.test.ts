import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOwnDatabase, type OwnDatabase } from '../../test/harness/servers/own-database.ts'
import { at, grantsOf, newGrant, positionOf, storedOf } from '../../test/harness/values/grants.ts'
import type { Campaign } from '../campaign.ts'
import type { Grant } from '../grant.ts'
import { forecastRecording, type RecordingForecast } from './forecast.ts'
import { idBytes } from './ids.ts'
import { createRecorder } from './recorder.ts'
import type { RejectedGrant } from './rejected-grant.ts'

let ledger: OwnDatabase
beforeAll(async () => {
  ledger = await createOwnDatabase()
})
afterAll(() => ledger.close())

let partition = 0
const record = async (startOffset: number, grants: readonly Grant[]) => {
  const rejected: RejectedGrant[] = []
  const logged = at(startOffset, grants)
  const endOffset = startOffset + grants.length
  const recorded = await createRecorder(ledger.database).record(
    { partition, startOffset, endOffset, grants: logged },
    async (kept) => void rejected.push(...kept),
  )
  const inserted = recorded.kind === 'recorded' ? recorded.inserted : -1
  return { inserted, rejected: rejected.map(({ reason, message }) => ({ reason, message })) }
}

/** A campaign of stock 100 in its second epoch, with the ranks 1 to 3 of the first in the ledger. */
const openSale = async () => {
  const campaign = await ledger.createCampaign({ epoch: 1, stock: 100 })
  partition += 1
  await ledger.change('INSERT INTO ledger_positions (partition_id, next_offset) VALUES (?, 0)', [partition])
  const stored = grantsOf(campaign, 3)
  expect(await record(0, stored)).toEqual({ inserted: 3, rejected: [] })
  await ledger.change('INSERT INTO campaign_cuts VALUES (?, 1, ?, 3)', [idBytes(campaign.id), partition])
  await ledger.change('UPDATE campaigns SET epoch = 2 WHERE campaign_id = ?', [idBytes(campaign.id)])
  const [first] = stored
  if (first === undefined) throw new Error('nothing is stored')
  return { campaign, first }
}

const ofEpoch2 = (campaign: Campaign, changes: Partial<Grant>): Grant =>
  newGrant(campaign, { epoch: 2, ...changes })

const cases: [string, string, (campaign: Campaign, first: Grant) => Grant][] = [
  ['a grant of this epoch on a free rank', 'row', (campaign) => ofEpoch2(campaign, { rank: 50 })],
  ['a grant that has a row', 'recorded', (_, first) => first],
  ['a grant of an epoch that was cut', 'late', (campaign) => newGrant(campaign, { rank: 51 })],
  ['another coupon on a rank', 'rank-taken', (campaign) => ofEpoch2(campaign, { rank: 2 })],
  [
    'another coupon of a user and slot',
    'slot-taken',
    (campaign, { userId }) => ofEpoch2(campaign, { rank: 52, userId }),
  ],
  ['a coupon with other facts', 'coupon-differs', (_, first) => ({ ...first, userId: 'somebody', epoch: 2 })],
  ['a rank above the stock', 'rank-above-stock', (campaign) => ofEpoch2(campaign, { rank: 101 })],
  ['a campaign that nobody knows', 'unknown-campaign', () => newGrant({ id: randomUUIDv7() })],
]

const wordOf = (forecast: RecordingForecast | undefined): string | undefined =>
  forecast?.kind === 'rejected' ? forecast.reason : forecast?.kind

test.each(cases)('%s is forecast as %s, and the recorder then does that', async (_, word, grantOf) => {
  const { campaign, first } = await openSale()
  const grant = grantOf(campaign, first)
  const [before, position] = [await storedOf(ledger, campaign), await positionOf(ledger, partition)]
  const [forecast] = await forecastRecording(ledger.database, partition, [grant])
  expect(wordOf(forecast)).toBe(word)
  expect([await storedOf(ledger, campaign), await positionOf(ledger, partition)]).toEqual([before, position])
  const { inserted, rejected } = await record(3, [grant])
  expect(inserted).toBe(word === 'row' ? 1 : 0)
  const { kind: __, ...rejection } = forecast ?? { kind: 'row' }
  expect(rejected).toEqual(forecast?.kind === 'rejected' ? [rejection] : [])
})

test('many grants are forecast in their order, also when one is there twice', async () => {
  const { campaign, first } = await openSale()
  const free = ofEpoch2(campaign, { rank: 60 })
  const asked = [first, free, ofEpoch2(campaign, { rank: 102 }), first, free]
  const forecasts = await forecastRecording(ledger.database, partition, asked)
  expect(forecasts.map(wordOf)).toEqual(['recorded', 'row', 'rank-above-stock', 'recorded', 'row'])
  expect(await forecastRecording(ledger.database, partition, [])).toEqual([])
})

test('nothing stays locked: a change of the campaign goes on at once', async () => {
  const { campaign } = await openSale()
  const changed = ledger.database.transaction(async (connection) => {
    await forecastRecording(ledger.database, partition, [ofEpoch2(campaign, { rank: 70 })])
    const sql = 'UPDATE campaigns SET stock = 101 WHERE campaign_id = ?'
    return { commit: true, result: await connection.change(sql, [idBytes(campaign.id)]) }
  })
  expect(await changed).toBe(1)
})
