import type { Database } from '../../platform/mysql/database.ts'
import type { Campaign } from '../campaign.ts'
import { idBytes, idText } from './ids.ts'
import { readCampaigns } from './rows.ts'

/** The states that settings and clock tell. Whether it is sold out or recovering only the gate knows. */
export const searchableStates = ['scheduled', 'open', 'paused', 'closed'] as const

export type SearchableState = (typeof searchableStates)[number]

/** Which campaigns are meant, newest first. */
export type CampaignQuery = {
  limit: number
  /** Only campaigns below this id. */
  beforeId: string | undefined
  state?: SearchableState | undefined
  /** Part of the name, in any case. */
  text?: string | undefined
  /** The time of the gate. */
  nowMs: number
}

/** `nextBeforeId`: where the next page goes on; `undefined` when there is none. */
export type CampaignPage = { items: Campaign[]; nextBeforeId: string | undefined }

/**
 * The most campaigns that one page looks at. A filter may match none of them, and no index finds a part of a
 * name: this bounds what a page costs.
 */
const lookedAtMax = 10_000

const highestId = 'f'.repeat(32)

/** As `publicState`, for what the ledger knows. */
const conditions: Record<SearchableState, string> = {
  scheduled: "retired_at_ms IS NULL AND state = 'open' AND opens_at_ms > ?",
  open: "retired_at_ms IS NULL AND state = 'open' AND opens_at_ms <= ? AND closes_at_ms > ?",
  paused: "retired_at_ms IS NULL AND state = 'paused'",
  closed:
    "(retired_at_ms IS NOT NULL OR state = 'closed' OR (state = 'open' AND opens_at_ms <= ? AND closes_at_ms <= ?))",
}

const placeholdersIn = (condition: string): number => condition.split('?').length - 1

/** The rest of a WHERE, with its values. A text is compared letter by letter: it has no wildcards. */
const filterOf = ({ state, text, nowMs }: CampaignQuery): { sql: string; values: unknown[] } => {
  const ofState = state === undefined ? '' : ` AND ${conditions[state]}`
  const ofText = text === undefined ? '' : ' AND INSTR(LOWER(name) COLLATE utf8mb4_bin, LOWER(?)) > 0'
  return {
    sql: `${ofState}${ofText}`,
    values: [
      ...Array.from({ length: placeholdersIn(ofState) }, () => nowMs),
      ...(text === undefined ? [] : [text]),
    ],
  }
}

/**
 * One page of the campaigns that are meant, newest first. With a filter it looks at `lookedAtMax` campaigns
 * at most, so it can be short or empty although there is a next one.
 */
export const searchCampaigns = async (
  database: Database,
  query: CampaignQuery,
  looksAtMost = lookedAtMax,
): Promise<CampaignPage> => {
  const { limit, beforeId = highestId } = query
  const filter = filterOf(query)
  const [lowest] =
    filter.sql === ''
      ? []
      : await database.read(
          'SELECT campaign_id FROM campaigns WHERE campaign_id < ? ORDER BY campaign_id DESC LIMIT 1 OFFSET ?',
          [idBytes(beforeId), looksAtMost - 1],
        )
  const lowestId = lowest === undefined ? undefined : idText(lowest['campaign_id'] as Buffer)
  const from = lowestId === undefined ? '' : ' AND campaign_id >= ?'
  const found = await readCampaigns(
    database,
    `WHERE campaign_id < ?${from}${filter.sql} ORDER BY campaign_id DESC LIMIT ?`,
    [idBytes(beforeId), ...(lowestId === undefined ? [] : [idBytes(lowestId)]), ...filter.values, limit + 1],
  )
  const items = found.slice(0, limit)
  return { items, nextBeforeId: found.length > limit ? items.at(-1)?.id : lowestId }
}
