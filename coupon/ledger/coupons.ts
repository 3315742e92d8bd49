import { createBound, createGroupCommit } from '../../platform/group-commit.ts'
import type { Database } from '../../platform/mysql/database.ts'
import type { Grant } from '../grant.ts'
import { idBytes } from './ids.ts'
import { type GrantsAtPositions, readGrants, readGrantsAtPositions, readStoredIds } from './rows.ts'

/** What one user may use at `nowMs`, below `beforeId`: the newest `limit` of them. */
export type UsableQuery = {
  userId: string
  beforeId: string | undefined
  limit: number
  nowMs: number
  /** False once nobody waits for the answer: a query that has not begun is then left out. */
  isAwaited(): boolean
}

/**
 * The coupons in the ledger. Every method rejects `unavailable` when the database does not answer in time.
 */
export type CouponRepository = {
  /** First pages that are requested while a query runs go out together in the next one. In no order. */
  usable(query: UsableQuery): Promise<GrantsAtPositions>
  /** A user's coupons of one campaign, lowest slot first. */
  ofCampaign(campaignId: string, userId: string): Promise<Grant[]>
  /** Those of these coupons that have a row. */
  stored(couponIds: readonly string[]): Promise<Set<string>>
  /** One coupon, if this user holds it. */
  one(couponId: string, userId: string): Promise<GrantsAtPositions>
  /** One coupon, whoever holds it. */
  ofAnybody(couponId: string): Promise<GrantsAtPositions>
}

const queriesInOneMax = 100
const queriesInFlightMax = 2
const queriesWaitingMax = 20_000

/** Coupons with the terms of their campaigns, usable at a moment that is passed twice. */
const usable = 'coupons JOIN campaigns USING (campaign_id) WHERE usable_from_ms <= ? AND usable_until_ms > ?'

export const createCouponRepository = (database: Database): CouponRepository => {
  const readFirstPages = async (queries: readonly UsableQuery[]): Promise<GrantsAtPositions[]> => {
    const users = [...new Set(queries.map(({ userId }) => userId))]
    const limit = Math.max(...queries.map((query) => query.limit))
    const nowMs = Math.min(...queries.map((query) => query.nowMs))
    const { grants, positions } = await readGrantsAtPositions(
      database,
      `(SELECT coupons.*, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY coupon_id DESC) AS place
        FROM ${usable} AND user_id IN (?)) AS coupons
       WHERE place <= ?`,
      [nowMs, nowMs, users, limit],
    )
    const byUser = Map.groupBy(grants, ({ userId }) => userId)
    return queries.map(({ userId }) => ({ grants: byUser.get(userId) ?? [], positions }))
  }
  const firstPages = createGroupCommit<UsableQuery, GrantsAtPositions>({
    batchSizeMax: queriesInOneMax,
    inFlightMax: queriesInFlightMax,
    bound: createBound(queriesWaitingMax),
    replacement: ({ isAwaited }) => (isAwaited() ? undefined : { grants: [], positions: new Map() }),
    run: readFirstPages,
  })

  return {
    usable: (query) =>
      query.beforeId === undefined
        ? firstPages.submit(query)
        : readGrantsAtPositions(
            database,
            `${usable} AND user_id = ? AND coupon_id < ? ORDER BY coupon_id DESC LIMIT ?`,
            [query.nowMs, query.nowMs, query.userId, idBytes(query.beforeId), query.limit],
          ),
    ofCampaign: (campaignId, userId) =>
      readGrants(database, 'coupons WHERE user_id = ? AND campaign_id = ? ORDER BY slot', [
        userId,
        idBytes(campaignId),
      ]),
    stored: (couponIds) => readStoredIds(database, couponIds),
    one: (couponId, userId) =>
      readGrantsAtPositions(database, 'coupons WHERE coupon_id = ? AND user_id = ?', [
        idBytes(couponId),
        userId,
      ]),
    ofAnybody: (couponId) =>
      readGrantsAtPositions(database, 'coupons WHERE coupon_id = ?', [idBytes(couponId)]),
  }
}
