import type { Connection } from '../../platform/mysql/connection.ts'
import type { Grant } from '../grant.ts'
import { compareWithRows } from './conflicts.ts'
import { findLate } from './late.ts'
import type { LoggedGrant } from './log-slice.ts'
import { readLimits, rejectReason } from './recorder.ts'
import type { RejectedGrant } from './rejected-grant.ts'

/** What the recorder would make of a grant. */
export type RecordingForecast =
  | { kind: 'row' }
  | { kind: 'recorded' }
  | ({ kind: 'rejected' } & Pick<RejectedGrant, 'reason' | 'message'>)

/** Beyond every cut: a record that is appended from now on is behind all that was. */
const futureOffset = Number.MAX_SAFE_INTEGER

/**
 * What the recorder would make of grants that are appended to a partition now, by the rules and reads of the
 * recorder itself. Nothing is stored, and each statement ends its locks. Each grant is judged alone, by what
 * is committed: a later change, or another of these grants, can take its place.
 */
export const forecastRecording = async (
  connection: Connection,
  partition: number,
  grants: readonly Grant[],
): Promise<RecordingForecast[]> => {
  const asked = grants.map((grant): LoggedGrant => ({ offset: futureOffset, grant }))
  const limits = await readLimits(connection, asked)
  const slice = { partition, startOffset: futureOffset, endOffset: futureOffset, grants: asked }
  const { late } = await findLate(connection, slice, limits)
  const forecasts = new Map<LoggedGrant, RecordingForecast>()
  const sent: LoggedGrant[] = []
  for (const at of asked) {
    const rejection = rejectReason(at.grant, limits.get(at.grant.campaignId), late.has(at))
    if (rejection === undefined) sent.push(at)
    else forecasts.set(at, { kind: 'rejected', ...rejection })
  }
  const { rejected, free } =
    sent.length === 0 ? { rejected: [], free: [] } : await compareWithRows(connection, sent)
  for (const at of free) forecasts.set(at, { kind: 'row' })
  const bySent = new Map(sent.map((at) => [at.grant, at]))
  for (const { grant, reason, message } of rejected) {
    const at = bySent.get(grant)
    if (at !== undefined) forecasts.set(at, { kind: 'rejected', reason, message })
  }
  return asked.map((at) => forecasts.get(at) ?? { kind: 'recorded' })
}
