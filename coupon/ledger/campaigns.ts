import { and, desc, eq, gt, inArray, lt } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/mysql2'
import { Failure, messageOf } from '../../platform/failure.ts'
import type { Database } from '../../platform/mysql.ts'
import type { Campaign, CampaignTerms, Discount, OperatorState } from '../campaign.ts'
import { campaignChanges, campaignCuts, campaigns, idBytes, ledgerPositions } from './tables.ts'

/** The campaigns in the ledger: their settings and epochs. Every method rejects `unavailable` when the database does not answer. */
export type CampaignBook = {
  /** Writes version 1 of a campaign that was never armed. */
  create(id: string, terms: CampaignTerms, nowMs: number): Promise<Campaign>
  read(id: string): Promise<Campaign | undefined>
  readMany(ids: readonly string[]): Promise<Map<string, Campaign>>
  /** Newest first, below `beforeId`. */
  list(limit: number, beforeId: string | undefined): Promise<Campaign[]>
  /** Campaigns that closed after `closedAfterMs` or are still to close. */
  live(closedAfterMs: number): Promise<Campaign[]>
  /** Ends epoch 0: notes where the log stands and sets epoch 1. False when somebody else was first. */
  cutFirst(id: string): Promise<boolean>
}

type Row = typeof campaigns.$inferSelect

const discountOf = (row: Row): Discount =>
  row.discountKind === 'percent'
    ? { kind: 'percent', value: row.discountValue }
    : {
        kind: 'amount',
        value: row.discountValue,
        ...(row.discountCurrency === null ? {} : { currency: row.discountCurrency }),
      }

const stateOf = (state: string): OperatorState => {
  if (state === 'open' || state === 'paused' || state === 'closed') return state
  throw new Failure('defect', `a campaign in the ledger has the state ${state}`, { retryable: false })
}

const campaignOf = (row: Row): Campaign => ({
  id: row.campaignId,
  name: row.name,
  state: stateOf(row.state),
  stock: row.stock,
  perUserLimit: row.perUserLimit,
  opensAtMs: row.opensAtMs,
  closesAtMs: row.closesAtMs,
  coupon: {
    title: row.title,
    discount: discountOf(row),
    usableFromMs: row.usableFromMs,
    usableUntilMs: row.usableUntilMs,
  },
  version: row.version,
  epoch: row.epoch,
})

const rowOf = (id: string, terms: CampaignTerms, nowMs: number): Row => ({
  campaignId: id,
  name: terms.name,
  state: 'open',
  stock: terms.stock,
  highestStock: terms.stock,
  perUserLimit: terms.perUserLimit,
  opensAtMs: terms.opensAtMs,
  closesAtMs: terms.closesAtMs,
  title: terms.coupon.title,
  discountKind: terms.coupon.discount.kind,
  discountValue: terms.coupon.discount.value,
  discountCurrency: terms.coupon.discount.kind === 'amount' ? (terms.coupon.discount.currency ?? null) : null,
  usableFromMs: terms.coupon.usableFromMs,
  usableUntilMs: terms.coupon.usableUntilMs,
  version: 1,
  epoch: 0,
  createdAtMs: nowMs,
})

/** A drizzle query whose faults are `unavailable`. */
export const asking = async <Result>(query: PromiseLike<Result>): Promise<Result> => {
  try {
    return await query
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    const below = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause
    throw new Failure('unavailable', `database: ${messageOf(below)}`, { retryable: true, cause: below })
  }
}

export const createCampaignBook = (database: Database): CampaignBook => {
  const db = drizzle({ client: database.pool })
  const read: CampaignBook['readMany'] = async (ids) => {
    if (ids.length === 0) return new Map()
    const rows = await asking(
      db
        .select()
        .from(campaigns)
        .where(inArray(campaigns.campaignId, [...ids])),
    )
    return new Map(rows.map((row) => [row.campaignId, campaignOf(row)]))
  }

  return {
    async create(id, terms, nowMs) {
      const row = rowOf(id, terms, nowMs)
      const insert = db.insert(campaigns).values(row).toSQL()
      const note = db
        .insert(campaignChanges)
        .values({
          campaignId: id,
          version: 1,
          action: 'created',
          settings: JSON.stringify(terms),
          changedAtMs: nowMs,
        })
        .toSQL()
      await database.transaction(async (connection) => {
        await connection.change(insert.sql, insert.params)
        await connection.change(note.sql, note.params)
        return { commit: true, result: undefined }
      })
      return campaignOf(row)
    },
    async read(id) {
      return (await read([id])).get(id)
    },
    readMany: read,
    async list(limit, beforeId) {
      const rows = await asking(
        db
          .select()
          .from(campaigns)
          .where(beforeId === undefined ? undefined : lt(campaigns.campaignId, beforeId))
          .orderBy(desc(campaigns.campaignId))
          .limit(limit),
      )
      return rows.map(campaignOf)
    },
    async live(closedAfterMs) {
      const rows = await asking(db.select().from(campaigns).where(gt(campaigns.closesAtMs, closedAfterMs)))
      return rows.map(campaignOf)
    },
    cutFirst: (id) => {
      const positions = db.select().from(ledgerPositions).toSQL()
      const raise = db
        .update(campaigns)
        .set({ epoch: 1 })
        .where(and(eq(campaigns.campaignId, id), eq(campaigns.epoch, 0)))
        .toSQL()
      return database.transaction(async (connection) => {
        const [row] = await connection.rows('SELECT epoch FROM campaigns WHERE campaign_id = ? FOR UPDATE', [
          idBytes(id),
        ])
        if (row?.['epoch'] !== 0) return { commit: false, result: false }
        const stored = await connection.rows(`${positions.sql} LOCK IN SHARE MODE`)
        const cuts = stored.map((position) => ({
          campaignId: id,
          epoch: 0,
          partitionId: Number(position['partition_id']),
          endOffset: Number(position['next_offset']),
        }))
        if (cuts.length > 0) {
          const note = db.insert(campaignCuts).values(cuts).toSQL()
          await connection.change(note.sql, note.params)
        }
        await connection.change(raise.sql, raise.params)
        return { commit: true, result: true }
      })
    },
  }
}
