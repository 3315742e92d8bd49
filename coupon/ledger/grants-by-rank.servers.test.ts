import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SqlReader } from '../../platform/mysql/connection.ts'
import { createOwnDatabase, type OwnDatabase } from '../../test/harness/servers/own-database.ts'
import type { Grant } from '../grant.ts'
import { readGrantsByRank } from './grants-by-rank.ts'
import { idBytes } from './ids.ts'

let own: OwnDatabase
beforeAll(async () => {
  own = await createOwnDatabase()
})
afterAll(() => own.close())

const ranksTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

/** A campaign with a row for each of these ranks, inserted in this order. */
const record = async (ranks: readonly number[]): Promise<{ id: string; grants: Grant[] }> => {
  const { id } = await own.createCampaign()
  const grants = ranks.map((rank, index) => ({
    couponId: randomUUIDv7(),
    campaignId: id,
    userId: `user-${index}`,
    slot: 1,
    rank,
    epoch: 2,
    grantedAtMs: 1_700_000_000_000 + index,
  }))
  const rows = grants.map(({ couponId, userId, slot, rank, epoch, grantedAtMs }) => [
    idBytes(couponId),
    idBytes(id),
    userId,
    slot,
    rank,
    epoch,
    grantedAtMs,
  ])
  if (rows.length > 0)
    await own.change(
      'INSERT INTO coupons (coupon_id, campaign_id, user_id, slot, `rank`, epoch, granted_at_ms) VALUES ?',
      [rows],
    )
  return { id, grants: grants.toSorted((left, right) => left.rank - right.rank) }
}

/** Records the same for another campaign. */
const copyToAnother = (id: string): Promise<number> =>
  own.change(
    `INSERT INTO coupons (coupon_id, campaign_id, user_id, slot, \`rank\`, epoch, granted_at_ms)
     SELECT UNHEX(REPLACE(UUID(), '-', '')), ?, user_id, slot, \`rank\`, epoch, granted_at_ms
     FROM coupons WHERE campaign_id = ?`,
    [idBytes(randomUUIDv7()), idBytes(id)],
  )

const chunksIn = async (source: SqlReader, id: string): Promise<Grant[][]> => {
  const chunks: Grant[][] = []
  for await (const chunk of readGrantsByRank(source, id)) chunks.push(chunk)
  return chunks
}
const read = async (id: string): Promise<Grant[]> => (await chunksIn(own.database, id)).flat()

test.each<[string, number[]]>([
  ['none', []],
  ['one', [1]],
  ['as many as one read takes', ranksTo(5_000)],
  ['more than that, the highest first', ranksTo(5_002).toReversed()],
  ['far apart', [3, 5_002, 5_003, 1_000_000, 9_999_999]],
  ['rank 0, which no gate grants', [0, 1]],
])('reads every row of a campaign once, by rank, and none of another: %s', async (_, ranks) => {
  await record([1, 2])
  const { id, grants } = await record(ranks)
  expect(await read(id)).toEqual(grants)
})

test('reads both rows of one rank, when the unique key is missing', async () => {
  await own.change('ALTER TABLE coupons DROP INDEX coupons_rank')
  try {
    const { id, grants } = await record([1, 2, 2, 3])
    expect((await read(id)).map(({ rank }) => rank)).toEqual([1, 2, 2, 3])
    expect(new Set((await read(id)).map(({ couponId }) => couponId))).toEqual(
      new Set(grants.map(({ couponId }) => couponId)),
    )
  } finally {
    await own.change('DELETE FROM coupons')
    await own.change('ALTER TABLE coupons ADD CONSTRAINT coupons_rank UNIQUE (campaign_id, `rank`)')
  }
})

test('touches each row of a large campaign about once, and none of the campaigns beside it', async () => {
  const { id } = await record(ranksTo(12_000))
  // A table of which one read is a tenth is scanned by MariaDB 11.8, of which it is a quarter by MySQL 9.7.
  for (let others = 0; others < 8; others += 1) await copyToAnother(id)
  await own.change('ANALYZE TABLE coupons')
  const touched = await own.database.transaction(async (connection) => {
    const reads = async (): Promise<number> => {
      const counters = await connection.read("SHOW SESSION STATUS LIKE 'Handler_read%'")
      return counters.reduce((sum, row) => sum + Number(row['Value']), 0)
    }
    const before = await reads()
    expect((await chunksIn(connection, id)).map(({ length }) => length)).toEqual([5_000, 5_000, 2_000])
    return { commit: false, result: (await reads()) - before }
  })
  expect(touched).toBeLessThan(1.5 * 12_000)
})
