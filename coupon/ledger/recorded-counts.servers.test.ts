import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOwnDatabase, type OwnDatabase } from '../../test/harness/servers/own-database.ts'
import { idBytes } from './ids.ts'
import { createRecordedCounts } from './recorded-counts.ts'

let own: OwnDatabase
beforeAll(async () => {
  own = await createOwnDatabase()
})
afterAll(() => own.close())

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)
const record = async (campaignId: string, ranks: readonly number[]): Promise<void> => {
  const rows = ranks.map((rank) => [
    ...[idBytes(randomUUIDv7()), idBytes(campaignId), `user-${rank}`, 1, rank, 1, 1_700_000_000_000],
  ])
  await own.change(
    'INSERT INTO coupons (coupon_id, campaign_id, user_id, slot, `rank`, epoch, granted_at_ms) VALUES ?',
    [rows],
  )
}

test('counts the rows of each campaign, as they come, in any order', async () => {
  const [one, other, none] = await Promise.all([
    own.createCampaign(),
    own.createCampaign(),
    own.createCampaign(),
  ])
  const ids = [one.id, other.id, none.id]
  const counts = createRecordedCounts(own.database)
  const read = async (): Promise<unknown[]> => {
    const found = await counts.read(ids)
    return ids.map((id) => found.get(id))
  }
  expect(await read()).toEqual([0, 0, 0])
  await record(one.id, [1, 2, 3, 7])
  await record(other.id, [2])
  expect(await read()).toEqual([4, 1, 0])
  await record(one.id, [5, 4, 6, 8])
  await record(other.id, [1])
  expect(await read()).toEqual([8, 2, 0])
  expect(await read()).toEqual([8, 2, 0])
  expect(await counts.read([])).toEqual(new Map())
})

test('many rows are counted over some looks; until then their number is not known', async () => {
  const { id } = await own.createCampaign()
  await record(id, range(1, 25))
  const counts = createRecordedCounts(own.database, 10)
  const read = async () => (await counts.read([id])).get(id)
  expect([await read(), await read(), await read()]).toEqual([undefined, undefined, 25])
  await record(id, [27])
  expect(await read()).toBe(26)
  // A gap under more rows than a look goes through.
  await record(id, range(28, 60))
  expect(await read()).toBeUndefined()
})

test('a database that was put back to an earlier state is counted anew', async () => {
  const { id } = await own.createCampaign()
  await record(id, range(1, 9))
  const counts = createRecordedCounts(own.database)
  const read = async () => (await counts.read([id])).get(id)
  expect(await read()).toBe(9)
  await own.change('DELETE FROM coupons WHERE campaign_id = ? AND `rank` > 5', [idBytes(id)])
  expect([await read(), await read()]).toEqual([undefined, 5])
})
