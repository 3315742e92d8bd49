import { createBound, createGroupCommit } from '../../platform/group-commit.ts'
import type { Database } from '../../platform/mysql/database.ts'
import type { ListedState } from '../coupon-state.ts'
import { idBytes } from './ids.ts'
import {
  type CouponUses,
  type GrantsAtPositions,
  grantColumns,
  grantFrom,
  readGrantsAtPositions,
  readStoredIds,
  useColumn,
  usesFrom,
} from './rows.ts'

/**
 * The coupons of one user in a state at `nowMs`, below `beforeId`: the newest `limit` of them. A first page
 * of usable ones may have more, and others that were not used: who knows the terms leaves those out.
 */
export type ListQuery = {
  userId: string
  state: ListedState
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
  /**
   * One page of a user's coupons, in no order. First pages of usable ones that are requested while a query
   * runs go out together in the next one.
   */
  list(query: ListQuery): Promise<GrantsAtPositions>
  /** A user's coupons of one campaign, lowest slot first. */
  ofCampaign(campaignId: string, userId: string): Promise<Grants>
  /** What became of these coupons. Those who ask while a query runs are asked together in the next one. */
  uses(couponIds: readonly string[]): Promise<CouponUses>
  /** Those of these coupons that have a row. */
  stored(couponIds: readonly string[]): Promise<Set<string>>
  /** One coupon, if this user holds it. */
  one(couponId: string, userId: string): Promise<GrantsAtPositions>
  /** One coupon, whoever holds it. */
  ofAnybody(couponId: string): Promise<GrantsAtPositions>
}

/** Coupons, and what became of them. */
export type Grants = Pick<GrantsAtPositions, 'grants' | 'uses'>

const queriesInOneMax = 100
const noUses: CouponUses = new Map()
/**
 * Unused coupons that are read for each user without their campaigns. A page of them is then a plain walk of
 * the index.
 */
const unusedOfUserMax = 20
const queriesInFlightMax = 2
const queriesWaitingMax = 20_000

const unused = 'coupons.redeemed_at_ms IS NULL AND coupons.revoked_at_ms IS NULL'

/** What is true of the coupons of a list at a moment that is passed as often as it is asked for. */
const conditions: Record<ListedState, string> = {
  usable: `${unused} AND usable_from_ms <= ? AND usable_until_ms > ?`,
  redeemed: 'coupons.redeemed_at_ms IS NOT NULL AND coupons.revoked_at_ms IS NULL',
  expired: `${unused} AND usable_until_ms <= ?`,
  revoked: 'coupons.revoked_at_ms IS NOT NULL',
  all: 'TRUE',
}
const momentsOf = (state: ListedState, nowMs: number): number[] =>
  Array.from({ length: conditions[state].split('?').length - 1 }, () => nowMs)

/** Without the hint a server may walk all coupons by their id until it has found a page of one user. */
const ofUsers = 'coupons FORCE INDEX (coupons_user_slot) JOIN campaigns USING (campaign_id)'

export const createCouponRepository = (database: Database): CouponRepository => {
  /** Every unused coupon of these users; `undefined` when they are more than most people have. */
  const readUnused = async (users: readonly string[]): Promise<GrantsAtPositions | undefined> => {
    const rowsMax = users.length * unusedOfUserMax
    const found = await readGrantsAtPositions(
      database,
      `coupons FORCE INDEX (coupons_user_slot) WHERE user_id IN (?) AND ${unused} LIMIT ?`,
      [users, rowsMax + 1],
      grantColumns,
    )
    return found.grants.length > rowsMax ? undefined : found
  }
  /** The newest usable coupons of each of these users. The server numbers the coupons of each to do so. */
  const readNewest = (
    users: readonly string[],
    queries: readonly ListQuery[],
  ): Promise<GrantsAtPositions> => {
    const limit = Math.max(...queries.map((query) => query.limit))
    const nowMs = Math.min(...queries.map((query) => query.nowMs))
    return readGrantsAtPositions(
      database,
      `(SELECT ${grantColumns}, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY coupon_id DESC) AS place
        FROM coupons JOIN campaigns USING (campaign_id)
        WHERE ${conditions.usable} AND user_id IN (?)) AS coupons
       WHERE place <= ?`,
      [nowMs, nowMs, users, limit],
      // What is usable was not used.
      grantColumns,
    )
  }
  const readFirstPages = async (queries: readonly ListQuery[]): Promise<GrantsAtPositions[]> => {
    const users = [...new Set(queries.map(({ userId }) => userId))]
    const { grants, positions } = (await readUnused(users)) ?? (await readNewest(users, queries))
    const byUser = Map.groupBy(grants, ({ userId }) => userId)
    return queries.map(({ userId }) => ({ grants: byUser.get(userId) ?? [], uses: noUses, positions }))
  }
  const firstPages = createGroupCommit<ListQuery, GrantsAtPositions>({
    batchSizeMax: queriesInOneMax,
    inFlightMax: queriesInFlightMax,
    bound: createBound(queriesWaitingMax),
    replacement: ({ isAwaited }) =>
      isAwaited() ? undefined : { grants: [], uses: noUses, positions: new Map() },
    run: readFirstPages,
  })

  const lookups = createGroupCommit<readonly string[], CouponUses>({
    batchSizeMax: queriesInOneMax,
    inFlightMax: queriesInFlightMax,
    bound: createBound(queriesWaitingMax),
    run: async (asked) => {
      const rows = await database.read(
        `SELECT coupon_id, ${useColumn} FROM coupons WHERE coupon_id IN (?) AND changes IS NOT NULL`,
        [asked.flat().map(idBytes)],
      )
      const uses = usesFrom(rows)
      return asked.map(() => uses)
    },
  })

  return {
    list: (query) => {
      const { userId, state, beforeId, limit, nowMs } = query
      if (state === 'usable' && beforeId === undefined) return firstPages.submit(query)
      return readGrantsAtPositions(
        database,
        `${ofUsers} WHERE ${conditions[state]} AND user_id = ?
         ${beforeId === undefined ? '' : 'AND coupon_id < ?'} ORDER BY coupon_id DESC LIMIT ?`,
        [
          ...momentsOf(state, nowMs),
          ...[userId, ...(beforeId === undefined ? [] : [idBytes(beforeId)]), limit],
        ],
      )
    },
    async ofCampaign(campaignId, userId) {
      const rows = await database.read(
        `SELECT ${grantColumns}, ${useColumn} FROM coupons WHERE user_id = ? AND campaign_id = ? ORDER BY slot`,
        [userId, idBytes(campaignId)],
      )
      return { grants: rows.map(grantFrom), uses: usesFrom(rows) }
    },
    uses: (couponIds) => lookups.submit(couponIds),
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
