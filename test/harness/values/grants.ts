import { randomUUIDv7 } from 'node:crypto'
import type { Campaign } from '../../../coupon/campaign.ts'
import type { Grant } from '../../../coupon/grant.ts'
import type { LoggedGrant } from '../../../coupon/ledger/log-slice.ts'
import { newUser } from '../processes/http-client.ts'
import type { OwnDatabase } from '../servers/own-database.ts'

/** A grant of this campaign as its gate would make it; `changes` replace fields of it. */
export const newGrant = (campaign: Pick<Campaign, 'id'>, changes: Partial<Grant> = {}): Grant => ({
  couponId: randomUUIDv7(),
  campaignId: campaign.id,
  userId: newUser(),
  slot: 1,
  rank: 1,
  epoch: 1,
  grantedAtMs: 1_700_000_000_000,
  ...changes,
})

/** `count` grants with consecutive ranks from `fromRank`. */
export const grantsOf = (campaign: Pick<Campaign, 'id'>, count: number, fromRank = 1): Grant[] =>
  Array.from({ length: count }, (_, index) => newGrant(campaign, { rank: fromRank + index }))

/** The same grants at consecutive offsets from `offset`. */
export const at = (offset: number, grants: readonly Grant[]): LoggedGrant[] =>
  grants.map((grant, index) => ({ offset: offset + index, grant }))

/** The coupons of a campaign in the ledger, by rank. */
export const storedOf = async (ledger: OwnDatabase, campaign: Pick<Campaign, 'id'>): Promise<Grant[]> => {
  const rows = await ledger.rows(
    `SELECT LOWER(HEX(coupon_id)) AS id, user_id, slot, \`rank\`, epoch, granted_at_ms FROM coupons
     WHERE campaign_id = UNHEX(?) ORDER BY \`rank\``,
    [campaign.id.replaceAll('-', '')],
  )
  return rows.map((row) => ({
    couponId: String(row['id']).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    campaignId: campaign.id,
    userId: String(row['user_id']),
    slot: Number(row['slot']),
    rank: Number(row['rank']),
    epoch: Number(row['epoch']),
    grantedAtMs: Number(row['granted_at_ms']),
  }))
}

/** The position of the ledger in a partition. */
export const positionOf = async (ledger: OwnDatabase, partition: number): Promise<number | undefined> => {
  const [row] = await ledger.rows('SELECT next_offset FROM ledger_positions WHERE partition_id = ?', [
    partition,
  ])
  return row === undefined ? undefined : Number(row['next_offset'])
}
