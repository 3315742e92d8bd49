import { desc, inArray, isNull, lt } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/mysql2'
import { Failure } from '../../platform/failure.ts'
import type { Database } from '../../platform/mysql/database.ts'
import type { Campaign, CampaignTerms, Discount, OperatorState } from '../campaign.ts'
import { asking } from './sql.ts'
import { campaignChanges, campaigns, idBytes } from './tables.ts'

/** The campaigns in the ledger: their settings and epochs. Every method rejects `unavailable` when the database does not answer. */
export type CampaignRepository = {
  /** Writes version 1 of a campaign that was never armed. */
  create(id: string, terms: CampaignTerms, nowMs: number): Promise<Campaign>
  read(id: string): Promise<Campaign | undefined>
  readMany(ids: readonly string[]): Promise<Map<string, Campaign>>
  /** Newest first, below `beforeId`. */
  list(limit: number, beforeId: string | undefined): Promise<Campaign[]>
  /** Every campaign whose gate was not retired. */
  live(): Promise<Campaign[]>
  /**
   * Ends an epoch: notes where the log ended for it, by partition, and sets the next. `false` when the campaign is of another
   * epoch by now, or the ledger is not at those ends (any more). Without ends, for epoch 0: where the ledger stands.
   */
  cut(id: string, epoch: number, ends: ReadonlyMap<number, number> | undefined): Promise<boolean>
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
  throw new Failure('defect', `a campaign in the ledger has the state ${state}`)
}

/** A row as the code knows it. */
export const campaignOf = (row: Row): Campaign => ({
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
  retired: row.retiredAtMs === null ? undefined : { atMs: row.retiredAtMs, granted: row.granted ?? 0 },
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
  retiredAtMs: null,
  granted: null,
})

export const createCampaignRepository = (database: Database): CampaignRepository => {
  const db = drizzle({ client: database.pool })
  const read: CampaignRepository['readMany'] = async (ids) => {
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
    async live() {
      const rows = await asking(db.select().from(campaigns).where(isNull(campaigns.retiredAtMs)))
      return rows.map(campaignOf)
    },
    cut: (id, epoch, ends) =>
      database.transaction(async (connection) => {
        const [row] = await connection.read(
          'SELECT epoch, retired_at_ms FROM campaigns WHERE campaign_id = ? FOR UPDATE',
          [idBytes(id)],
        )
        // safeguard: the epoch check of the cut
        if (row?.['epoch'] !== epoch || row['retired_at_ms'] !== null) return { commit: false, result: false }
        const stored = await connection.read(
          'SELECT partition_id, next_offset FROM ledger_positions LOCK IN SHARE MODE',
        )
        const positions = new Map(
          stored.map((one) => [Number(one['partition_id']), Number(one['next_offset'])]),
        )
        const cut = [...(ends ?? positions)]
        // safeguard: the position check of the cut
        if (cut.some(([partition, end]) => (positions.get(partition) ?? 0) < end))
          return { commit: false, result: false }
        if (cut.length > 0)
          await connection.change(
            'INSERT INTO campaign_cuts (campaign_id, epoch, partition_id, end_offset) VALUES ?',
            [cut.map(([partition, end]) => [idBytes(id), epoch, partition, end])],
          )
        await connection.change('UPDATE campaigns SET epoch = ? WHERE campaign_id = ?', [
          epoch + 1,
          idBytes(id),
        ])
        return { commit: true, result: true }
      }),
  }
}
