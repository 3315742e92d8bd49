import { Failure } from '../../platform/failure.ts'
import type { Connection, SqlReader } from '../../platform/mysql/connection.ts'
import type { Database } from '../../platform/mysql/database.ts'
import { rememberWhileUnchanged } from '../../platform/remember-while-unchanged.ts'
import type { Campaign, CampaignTerms } from '../campaign.ts'
import { adoptSettings, type CampaignSettings } from './adopt-settings.ts'
import {
  type CampaignChange,
  type ChangeOutcome,
  changeSettings,
  type RecordedChange,
  readChanges,
} from './change-settings.ts'
import { type CreationKey, claimCreation, readCreation } from './creations.ts'
import { cutEpoch } from './cuts.ts'
import { idBytes } from './ids.ts'
import { readLiveDigest } from './live-digest.ts'
import { type CreationOrigin, recordChange } from './record-change.ts'
import { campaignFrom, readCampaigns, termsRow } from './rows.ts'
import { type CampaignPage, type CampaignQuery, searchCampaigns } from './search-campaigns.ts'

/** What a creation with a key came to. */
export type CreationOutcome = { kind: 'created' | 'repeated'; campaign: Campaign } | { kind: 'other-body' }

/**
 * The campaigns in the ledger: settings and epochs. Every method rejects `unavailable` when the database does
 * not answer.
 */
export type CampaignRepository = {
  /** Writes version 1 of a campaign, with epoch 0: not armed yet. */
  create(id: string, terms: CampaignTerms, nowMs: number, origin?: CreationOrigin): Promise<Campaign>
  /**
   * As `create`, once for each key: a repeat returns the campaign that the key made. `other-body` when the
   * key came with another body before.
   */
  createOnce(
    id: string,
    terms: CampaignTerms,
    nowMs: number,
    key: CreationKey,
    origin?: CreationOrigin,
  ): Promise<CreationOutcome>
  /** What `createOnce` returns for a key that is known; `undefined` for any other. Creates nothing. */
  repeat(key: CreationKey): Promise<CreationOutcome | undefined>
  read(id: string): Promise<Campaign | undefined>
  readMany(ids: readonly string[]): Promise<Map<string, Campaign>>
  /** A page of the campaigns that are meant, newest first. */
  search(query: CampaignQuery): Promise<CampaignPage>
  /** Every campaign that is not retired. */
  live(): Promise<Campaign[]>
  /** As `live`, and the same array as before while nothing about them has changed. */
  liveOrKnown(): Promise<readonly Campaign[]>
  /** Writes the next version, as an operator asks for. */
  change(id: string, change: CampaignChange): Promise<ChangeOutcome>
  /** The changes of a campaign, newest first. */
  changes(id: string, limit: number): Promise<RecordedChange[]>
  /** Takes settings of a higher version than the ledger has. `false` when it has this one or a higher one. */
  adopt(id: string, settings: CampaignSettings, nowMs: number): Promise<boolean>
  /**
   * Ends an epoch: stores where the log ended for it, by partition, and sets the next epoch. Without ends,
   * for epoch 0, it ends at the current positions. `false` when the campaign has another epoch by now or is
   * retired, when a position lies below its end, or when it has none. With a fence also `false` when gates
   * are not armed on the Redis of that fence (any longer). With `lastEpoch` every epoch up to it ends there.
   */
  cut(
    id: string,
    epoch: number,
    ends: ReadonlyMap<number, number> | undefined,
    fence?: string,
    lastEpoch?: number,
  ): Promise<boolean>
}

/** Writes version 1 with its change. */
const insertCampaign = async (
  connection: Connection,
  id: string,
  terms: CampaignTerms,
  nowMs: number,
  origin: CreationOrigin | undefined,
): Promise<Campaign> => {
  const row = {
    ...termsRow(terms),
    campaign_id: idBytes(id),
    state: 'open',
    highest_stock: terms.stock,
    version: 1,
    epoch: 0,
    created_at_ms: nowMs,
  }
  await connection.change('INSERT INTO campaigns SET ?', [row])
  await recordChange(connection, id, {
    version: row.version,
    action: 'created',
    settings: terms,
    atMs: nowMs,
    origin,
  })
  return campaignFrom(row)
}

const readRepeated = async (source: SqlReader, id: string): Promise<CreationOutcome> => {
  const [campaign] = await readCampaigns(source, 'WHERE campaign_id = ?', [idBytes(id)])
  if (campaign === undefined) throw new Failure('defect', `the key of ${id} made no campaign`)
  return { kind: 'repeated', campaign }
}

export const createCampaignRepository = (database: Database): CampaignRepository => {
  const readMany: CampaignRepository['readMany'] = async (ids) => {
    if (ids.length === 0) return new Map()
    const found = await readCampaigns(database, 'WHERE campaign_id IN (?)', [ids.map(idBytes)])
    return new Map(found.map((campaign) => [campaign.id, campaign]))
  }
  const live = () => readCampaigns(database, 'WHERE retired_at_ms IS NULL')
  return {
    create: (id, terms, nowMs, origin) =>
      database.transaction(async (connection) => ({
        commit: true,
        result: await insertCampaign(connection, id, terms, nowMs, origin),
      })),
    createOnce: (id, terms, nowMs, key, origin) =>
      database.transaction<CreationOutcome>(async (connection) => {
        // safeguard: a key makes one campaign
        const owner = await claimCreation(connection, key, id, nowMs)
        if (owner === 'other-body') return { commit: false, result: { kind: owner } }
        if (owner === id)
          return {
            commit: true,
            result: { kind: 'created', campaign: await insertCampaign(connection, id, terms, nowMs, origin) },
          }
        return { commit: false, result: await readRepeated(connection, owner) }
      }),
    async repeat(key) {
      const owner = await readCreation(database, key)
      if (owner === undefined) return undefined
      return owner === 'other-body' ? { kind: owner } : readRepeated(database, owner)
    },
    read: async (id) => (await readMany([id])).get(id),
    readMany,
    search: (query) => searchCampaigns(database, query),
    live,
    liveOrKnown: rememberWhileUnchanged(() => readLiveDigest(database), live),
    change: (id, change) => changeSettings(database, id, change),
    changes: (id, limit) => readChanges(database, id, limit),
    adopt: (id, settings, nowMs) => adoptSettings(database, id, settings, nowMs),
    cut: (id, epoch, ends, fence, lastEpoch) => cutEpoch(database, id, epoch, ends, fence, lastEpoch),
  }
}
