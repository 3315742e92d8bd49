import type { SqlReader } from '../../platform/mysql/connection.ts'
import type { Grant } from '../grant.ts'
import { idBytes } from './ids.ts'
import { type CouponMarks, markColumns, marksFrom } from './recorded-coupons.ts'
import { grantColumns, grantFrom, readGrants } from './rows.ts'

const ranksInOneReadMax = 5_000

const ofWindow = 'coupons WHERE campaign_id = ? AND `rank` BETWEEN ? AND ? ORDER BY `rank`'

const readNextRank = async (source: SqlReader, id: Buffer, atLeast: number): Promise<number | undefined> => {
  const [row] = await source.read(
    'SELECT MIN(`rank`) AS next_rank FROM coupons WHERE campaign_id = ? AND `rank` >= ?',
    [id, atLeast],
  )
  return row?.['next_rank'] == null ? undefined : Number(row['next_rank'])
}

/**
 * Windows of up to 5,000 consecutive ranks of a campaign in which there are coupons, lowest first. It does
 * not use LIMIT 5000. With LIMIT, MariaDB 10.11 scans the campaign from its start each time, or sorts it: a
 * million rows took 190 to 285 s. With windows they take 3 to 5 s.
 */
const rankWindows = async function* (
  source: SqlReader,
  id: Buffer,
): AsyncGenerator<[from: number, to: number]> {
  for (let from = await readNextRank(source, id, 0); from !== undefined; ) {
    const to: number = from + ranksInOneReadMax - 1
    yield [from, to]
    from = await readNextRank(source, id, to + 1)
  }
}

/**
 * Every coupon of a campaign, lowest rank first, in chunks of up to 5,000 consecutive ranks. Two coupons on
 * one rank are both read. With a snapshot as `source`, all chunks show one moment. Rejects as `source` does.
 */
export const readGrantsByRank = async function* (
  source: SqlReader,
  campaignId: string,
): AsyncGenerator<Grant[]> {
  const id = idBytes(campaignId)
  for await (const [from, to] of rankWindows(source, id))
    yield await readGrants(source, ofWindow, [id, from, to])
}

/** A coupon and what became of it. */
export type MarkedGrant = { grant: Grant; marks: CouponMarks }

const readMarked = async (source: SqlReader, window: [Buffer, number, number]): Promise<MarkedGrant[]> => {
  const rows = await source.read(`SELECT ${grantColumns}, ${markColumns} FROM ${ofWindow}`, window)
  return rows.map((row) => ({ grant: grantFrom(row), marks: marksFrom(row) }))
}

/** Every coupon of a campaign as above, with what became of each. */
export const readMarkedByRank = async function* (
  source: SqlReader,
  campaignId: string,
): AsyncGenerator<MarkedGrant[]> {
  const id = idBytes(campaignId)
  for await (const [from, to] of rankWindows(source, id)) yield await readMarked(source, [id, from, to])
}

/** Those of up to `limit` consecutive ranks, beginning with the first at or above `fromRank` that exists. */
export const readMarkedPage = async (
  source: SqlReader,
  campaignId: string,
  fromRank: number,
  limit: number,
): Promise<{ winners: MarkedGrant[]; nextRank: number | undefined }> => {
  const id = idBytes(campaignId)
  const from = await readNextRank(source, id, fromRank)
  if (from === undefined) return { winners: [], nextRank: undefined }
  const to = from + limit - 1
  const winners = await readMarked(source, [id, from, to])
  return { winners, nextRank: await readNextRank(source, id, to + 1) }
}
