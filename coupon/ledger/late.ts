import type { Connection } from '../../platform/mysql/connection.ts'
import { marks } from './sql.ts'
import type { LoggedGrant, LogSlice } from './log-slice.ts'
import { idBytes, idText } from './tables.ts'

/** What recording has to know of a campaign. */
export type CampaignRow = { highestStock: number; epoch: number }

const cutName = (campaignId: string, epoch: number): string => `${campaignId} ${epoch}`

/** Cuts of ended epochs, by partition. A partition without one counts as 0. */
const readCuts = async (
  connection: Connection,
  grants: readonly LoggedGrant[],
): Promise<Map<string, Map<number, number>>> => {
  const ids = [...new Set(grants.map(({ grant }) => grant.campaignId))].map(idBytes)
  // safeguard: the late check begins with a locking read / cuts
  const rows = await connection.read(
    `SELECT campaign_id, epoch, partition_id, end_offset FROM campaign_cuts
     WHERE campaign_id IN (${marks(ids.length)}) AND epoch > 0 LOCK IN SHARE MODE`,
    ids,
  )
  const cuts = new Map<string, Map<number, number>>()
  for (const row of rows) {
    const name = cutName(idText(row['campaign_id'] as Buffer), Number(row['epoch']))
    const ofEpoch = cuts.get(name) ?? new Map<number, number>()
    cuts.set(name, ofEpoch.set(Number(row['partition_id']), Number(row['end_offset'])))
  }
  return cuts
}

const readPositions = async (connection: Connection): Promise<Map<number, number>> => {
  const rows = await connection.read(
    'SELECT partition_id, next_offset FROM ledger_positions LOCK IN SHARE MODE',
  )
  return new Map(rows.map((row) => [Number(row['partition_id']), Number(row['next_offset'])]))
}

const withRow = async (connection: Connection, grants: readonly LoggedGrant[]): Promise<Set<string>> => {
  const ids = grants.map(({ grant }) => idBytes(grant.couponId))
  const rows = await connection.read(
    `SELECT coupon_id FROM coupons WHERE coupon_id IN (${marks(ids.length)}) LOCK IN SHARE MODE`,
    ids,
  )
  return new Set(rows.map((row) => idText(row['coupon_id'] as Buffer)))
}

/** `undecidedFrom`: from this offset on it cannot be said yet; nothing there may be stored or dropped. */
export type Lateness = { late: ReadonlySet<LoggedGrant>; undecidedFrom: number | undefined }

/**
 * Grants of an ended epoch that lie at or beyond its cut and have no row came too late: somebody else may hold their unit by now.
 * They are called late only when every partition's position has reached the cut: below it a double of the same grant may lie,
 * unrecorded yet (a replay into an emptied ledger).
 */
export const findLate = async (
  connection: Connection,
  { partition, startOffset, grants }: LogSlice,
  campaigns: ReadonlyMap<string, CampaignRow>,
): Promise<Lateness> => {
  const ended = grants.filter(({ grant }) => grant.epoch < (campaigns.get(grant.campaignId)?.epoch ?? 0))
  if (ended.length === 0) return { late: new Set(), undecidedFrom: undefined }
  const cuts = await readCuts(connection, ended)
  const cutOf = ({ grant }: LoggedGrant) => cuts.get(cutName(grant.campaignId, grant.epoch))
  const beyond = ended.filter((at) => at.offset >= (cutOf(at)?.get(partition) ?? 0))
  if (beyond.length === 0) return { late: new Set(), undecidedFrom: undefined }

  // Positions before rows: what is recorded between the two reads is found as a row.
  const positions = await readPositions(connection)
  const stored = await withRow(connection, beyond)
  // safeguard: a late grant with a row is a redelivery
  const late = beyond.filter(({ grant }) => !stored.has(grant.couponId))
  // A cut inside the stretch is reached once what lies before it is recorded.
  const reached = (other: number): number => (other === partition ? startOffset : (positions.get(other) ?? 0))
  const undecided = late.find((at) => [...(cutOf(at) ?? [])].some(([other, end]) => reached(other) < end))
  // safeguard: late only when every partition has reached the cut
  return { late: new Set(late), undecidedFrom: undecided?.offset }
}
