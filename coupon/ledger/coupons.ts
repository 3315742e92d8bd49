import { and, desc, eq, gt, inArray, lt, lte, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/mysql2'
import { createBound, createGroupCommit } from '../../platform/group-commit.ts'
import type { Database } from '../../platform/mysql/database.ts'
import type { Grant } from '../grant.ts'
import { asking } from './sql.ts'
import { campaigns, coupons } from './tables.ts'

/** What one user may use at `nowMs`, newest first, below `beforeId`; at most `limit`. */
export type UsableQuery = { userId: string; beforeId: string | undefined; limit: number; nowMs: number }

/** The rows of coupons. Every method rejects `unavailable` when the database does not answer in time. */
export type CouponRepository = {
  /** First pages that are asked for while a query is under way go out together in the next. */
  usable(query: UsableQuery): Promise<Grant[]>
  /** A user's coupons of one campaign, lowest slot first. */
  ofCampaign(campaignId: string, userId: string): Promise<Grant[]>
  /** Those of these coupons that have a row. */
  stored(couponIds: readonly string[]): Promise<Set<string>>
  /** One coupon, if it is this user's. */
  one(couponId: string, userId: string): Promise<Grant | undefined>
}

const queriesInOneMax = 100
const queriesInFlightMax = 2
const queriesWaitingMax = 20_000

const columns = {
  couponId: coupons.couponId,
  campaignId: coupons.campaignId,
  userId: coupons.userId,
  slot: coupons.slot,
  rank: coupons.rank,
  epoch: coupons.epoch,
  grantedAtMs: coupons.grantedAtMs,
}

export const createCouponRepository = (database: Database): CouponRepository => {
  const db = drizzle({ client: database.pool })

  const usableAt = (nowMs: number) =>
    and(lte(campaigns.usableFromMs, nowMs), gt(campaigns.usableUntilMs, nowMs))

  const readFirstPages = async (queries: readonly UsableQuery[]): Promise<Grant[][]> => {
    const users = [...new Set(queries.map(({ userId }) => userId))]
    const limit = Math.max(...queries.map((query) => query.limit))
    const nowMs = Math.min(...queries.map((query) => query.nowMs))
    const numbered = db
      .select({
        ...columns,
        place:
          sql<number>`row_number() over (partition by ${coupons.userId} order by ${coupons.couponId} desc)`.as(
            'place',
          ),
      })
      .from(coupons)
      .innerJoin(campaigns, eq(campaigns.campaignId, coupons.campaignId))
      .where(and(inArray(coupons.userId, users), usableAt(nowMs)))
      .as('numbered')
    const rows = await asking(
      db.select().from(numbered).where(lte(numbered.place, limit)).orderBy(desc(numbered.couponId)),
    )
    const byUser = Map.groupBy(rows, ({ userId }) => userId)
    return queries.map((query) =>
      (byUser.get(query.userId) ?? []).slice(0, query.limit).map(({ place: _place, ...grant }) => grant),
    )
  }

  const readLaterPage = ({ userId, beforeId, limit, nowMs }: UsableQuery & { beforeId: string }) =>
    asking(
      db
        .select(columns)
        .from(coupons)
        .innerJoin(campaigns, eq(campaigns.campaignId, coupons.campaignId))
        .where(and(eq(coupons.userId, userId), lt(coupons.couponId, beforeId), usableAt(nowMs)))
        .orderBy(desc(coupons.couponId))
        .limit(limit),
    )

  const firstPages = createGroupCommit<UsableQuery, Grant[]>({
    batchSizeMax: queriesInOneMax,
    inFlightMax: queriesInFlightMax,
    bound: createBound(queriesWaitingMax),
    run: readFirstPages,
  })

  return {
    usable: (query) =>
      query.beforeId === undefined
        ? firstPages.submit(query)
        : readLaterPage({ ...query, beforeId: query.beforeId }),
    ofCampaign: (campaignId, userId) =>
      asking(
        db
          .select(columns)
          .from(coupons)
          .where(and(eq(coupons.userId, userId), eq(coupons.campaignId, campaignId)))
          .orderBy(coupons.slot),
      ),
    async stored(couponIds) {
      const rows = await asking(
        db
          .select({ couponId: coupons.couponId })
          .from(coupons)
          .where(inArray(coupons.couponId, [...couponIds])),
      )
      return new Set(rows.map(({ couponId }) => couponId))
    },
    async one(couponId, userId) {
      const rows = await asking(
        db
          .select(columns)
          .from(coupons)
          .where(and(eq(coupons.couponId, couponId), eq(coupons.userId, userId))),
      )
      return rows[0]
    },
  }
}
