import type { SqlReader } from '../../platform/mysql/connection.ts'
import { idBytes } from './ids.ts'

/** How many coupons of a campaign are rows, at a few index entries a look. */
export type RecordedCounts = {
  /**
   * Rows by campaign. `undefined`: not known yet, or not at this price. Rejects `unavailable` when the
   * database does not answer. Remembers these campaigns alone.
   */
  read(campaignIds: readonly string[]): Promise<Map<string, number | undefined>>
}

/** Ranks that one look goes through: about 20 ms of the database. */
const ranksInLookMax = 100_000

const statement = `SELECT ? AS place, COUNT(*) AS rows_found, MAX(\`rank\`) AS last_found,
  (SELECT MAX(\`rank\`) FROM coupons WHERE campaign_id = ?) AS last_of_all,
  (SELECT COUNT(*) FROM coupons WHERE campaign_id = ? AND \`rank\` = ?) AS has_base
  FROM coupons WHERE campaign_id = ? AND \`rank\` > ? AND \`rank\` <= ?`

/**
 * Ranks are distinct, and from 1 without gaps but for those that are under way. So each look counts only
 * what lies beyond the ranks that were all there. Where a gap stays open under very many rows the count is
 * unknown.
 */
export const createRecordedCounts = (
  database: SqlReader,
  ranksInLook: number = ranksInLookMax,
): RecordedCounts => {
  /** By campaign: every rank up to this one was a row. */
  let bases = new Map<string, number>()
  return {
    async read(campaignIds) {
      bases = new Map(campaignIds.map((id) => [id, bases.get(id) ?? 0]))
      if (campaignIds.length === 0) return new Map()
      const values = campaignIds.flatMap((id, place) => {
        const [bytes, base] = [idBytes(id), bases.get(id) ?? 0]
        return [place, bytes, bytes, base, bytes, base, base + ranksInLook]
      })
      const rows = await database.read(campaignIds.map(() => statement).join(' UNION ALL '), values)
      return new Map(
        rows.map((row) => {
          const id = campaignIds[Number(row['place'])] ?? ''
          const base = bases.get(id) ?? 0
          const found = Number(row['rows_found'])
          const isWhole = Number(row['last_of_all'] ?? 0) <= base + ranksInLook
          // The database was put back to an earlier state.
          if (base > 0 && Number(row['has_base']) === 0) bases.set(id, 0)
          else if (base + found === Number(row['last_found'])) bases.set(id, base + found)
          const isKnown = isWhole && (base === 0 || Number(row['has_base']) > 0)
          return [id, isKnown ? base + found : undefined]
        }),
      )
    },
  }
}
