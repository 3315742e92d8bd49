import { isDeepStrictEqual } from 'node:util'
import type { SqlReader, SqlRow } from '../../platform/mysql/connection.ts'
import type { Database } from '../../platform/mysql/database.ts'
import type { Campaign, CampaignTerms, TermsFault } from '../campaign.ts'
import type { CampaignSettings } from './adopt-settings.ts'
import { idBytes, idText } from './ids.ts'
import { type ChangeOrigin, recordChange } from './record-change.ts'
import { readCampaigns, termsRow } from './rows.ts'

/** A change of a campaign, as it is kept. `version` is the one that it made. */
export type RecordedChange = {
  version: number
  action: string
  settings: CampaignTerms
  atMs: number
  by: string | null
  from: string | null
  reason: string | null
}

/** A change that an operator asks for. */
export type CampaignChange = {
  action: 'paused' | 'resumed' | 'closed' | 'stock-raised' | 'edited' | 'taken-back'
  /** The version that the operator saw; `undefined` for whichever it is. */
  ifVersion: number | undefined
  atMs: number
  /** `undefined` where no operator asked for it. */
  origin: ChangeOrigin | undefined
  /** A change of an operator that is recorded already is not made again. */
  changeId?: string
  /** What the campaign is changed to, or why it cannot be. The same settings are no change. */
  change(campaign: Campaign): { settings: Omit<CampaignSettings, 'version'> } | RefusedChange
}

/** Why a change cannot be made. `faults` names the parts that would take something from people. */
export type RefusedChange =
  | { refused: string; faults?: readonly TermsFault[] }
  | { invalid: readonly TermsFault[] }

/**
 * `version`: the campaign has another one than the operator saw. `refused`: it would take something from
 * people. `invalid`: no campaign may be so.
 */
export type NoChange =
  | { kind: 'version'; campaign: Campaign }
  | { kind: 'refused'; why: string; faults: readonly TermsFault[] }
  | { kind: 'invalid'; faults: readonly TermsFault[] }
  | { kind: 'unknown-campaign' }

/** The result of a change. */
export type ChangeOutcome =
  | { kind: 'changed'; campaign: Campaign }
  | { kind: 'unchanged'; campaign: Campaign }
  | NoChange

/**
 * Writes the next version of a campaign and its change in one transaction. The highest stock follows, so that
 * no rank that is granted under it is refused. The gate gets it afterwards.
 */
export const changeSettings = (
  database: Database,
  id: string,
  { action, ifVersion, atMs, origin, changeId, change }: CampaignChange,
): Promise<ChangeOutcome> =>
  database.transaction<ChangeOutcome>(async (connection) => {
    const [campaign] = await readCampaigns(connection, 'WHERE campaign_id = ? FOR UPDATE', [idBytes(id)])
    if (campaign === undefined) return { commit: false, result: { kind: 'unknown-campaign' } }
    const made =
      changeId === undefined
        ? []
        : await connection.read(
            'SELECT version FROM campaign_changes WHERE campaign_id = ? AND change_id = ?',
            [idBytes(id), idBytes(changeId)],
          )
    // safeguard: a change is recorded once
    if (made.length > 0) return { commit: false, result: { kind: 'unchanged', campaign } }
    // safeguard: a change is made to the version that was seen
    if (ifVersion !== undefined && ifVersion !== campaign.version)
      return { commit: false, result: { kind: 'version', campaign } }
    const changed = change(campaign)
    if ('invalid' in changed) return { commit: false, result: { kind: 'invalid', faults: changed.invalid } }
    if ('refused' in changed)
      return {
        commit: false,
        result: { kind: 'refused', why: changed.refused, faults: changed.faults ?? [] },
      }
    const { state, ...terms } = changed.settings
    if (state === campaign.state && isDeepStrictEqual(termsRow(terms), termsRow(campaign)))
      return { commit: false, result: { kind: 'unchanged', campaign } }
    const version = campaign.version + 1
    await connection.change(
      // safeguard: the highest stock follows the stock
      'UPDATE campaigns SET ?, highest_stock = GREATEST(highest_stock, ?) WHERE campaign_id = ?',
      [{ ...termsRow(terms), state, version }, terms.stock, idBytes(id)],
    )
    await recordChange(connection, id, {
      ...{ version, action, settings: terms, atMs, origin },
      ...(changeId === undefined ? {} : { changeId }),
    })
    const { epoch, retired } = campaign
    return {
      commit: true,
      result: { kind: 'changed', campaign: { ...terms, id, state, version, epoch, retired } },
    }
  })

const changeFrom = (row: SqlRow): RecordedChange => ({
  version: Number(row['version']),
  action: String(row['action']),
  settings: JSON.parse(String(row['settings'])) as CampaignTerms,
  atMs: Number(row['changed_at_ms']),
  by: row['changed_by'] as string | null,
  from: row['changed_from'] as string | null,
  reason: row['reason'] as string | null,
})

/** The changes of a campaign, newest first. */
export const readChanges = async (
  source: SqlReader,
  id: string,
  limit: number,
): Promise<RecordedChange[]> => {
  const rows = await source.read(
    'SELECT * FROM campaign_changes WHERE campaign_id = ? ORDER BY version DESC LIMIT ?',
    [idBytes(id), limit],
  )
  return rows.map(changeFrom)
}

/** The changes of each of these campaigns, newest first, up to `limit` each, in one statement. */
export const readChangesOfMany = async (
  source: SqlReader,
  ids: readonly string[],
  limit: number,
): Promise<Map<string, RecordedChange[]>> => {
  if (ids.length === 0) return new Map()
  const one = '(SELECT * FROM campaign_changes WHERE campaign_id = ? ORDER BY version DESC LIMIT ?)'
  const rows = await source.read(
    ids.map(() => one).join(' UNION ALL '),
    ids.flatMap((id) => [idBytes(id), limit]),
  )
  const byCampaign = Map.groupBy(rows, (row) => idText(row['campaign_id'] as Buffer))
  return new Map(
    [...byCampaign].map(([id, found]) => [
      id,
      found.map(changeFrom).toSorted((left, right) => right.version - left.version),
    ]),
  )
}
