import type { Connection } from '../../platform/mysql/connection.ts'
import type { CampaignTerms } from '../campaign.ts'
import { idBytes } from './ids.ts'

/** Who changed a campaign, from where, and why. */
export type ChangeOrigin = { by: string; from: string; reason: string }

/** Who created a campaign, and from where. A rehearsal says why, too. */
export type CreationOrigin = Omit<ChangeOrigin, 'reason'> & { reason?: string }

/** A version of a campaign, and what made it. No origin: no operator changed it. */
export type MadeVersion = {
  version: number
  action: string
  settings: CampaignTerms
  atMs: number
  origin?: CreationOrigin | undefined
  /** Of the request. */
  changeId?: string
}

/** Keeps a change beside the settings that it led to, in their transaction. */
export const recordChange = async (
  connection: Connection,
  id: string,
  { version, action, settings, atMs, origin, changeId }: MadeVersion,
): Promise<void> => {
  await connection.change('INSERT INTO campaign_changes SET ?', [
    {
      ...{ campaign_id: idBytes(id), version, action, settings: JSON.stringify(settings) },
      changed_at_ms: atMs,
      ...(origin === undefined
        ? {}
        : { changed_by: origin.by, changed_from: origin.from, reason: origin.reason ?? null }),
      ...(changeId === undefined ? {} : { change_id: idBytes(changeId) }),
    },
  ])
}
