import type { Connection } from '../../platform/mysql/connection.ts'
import { idBytes, idText } from './ids.ts'

/** An idempotency key of an operator and the body that came with it, as SHA-256 digests. */
export type CreationKey = { keyHash: Buffer; bodyHash: Buffer }

/** A key is remembered for this long. */
const creationMemoryMs = 7 * 86_400_000

/** Keys that one creation forgets: more than it adds, so the table stays small without a job of its own. */
const forgottenMax = 100

/**
 * Stores the key with this campaign, unless it is stored already, and returns the campaign that it belongs
 * to. `undefined` when it came with another body. Another creation with the same key is waited for.
 */
export const claimCreation = async (
  connection: Connection,
  { keyHash, bodyHash }: CreationKey,
  campaignId: string,
  nowMs: number,
): Promise<string | undefined> => {
  await connection.change(
    `INSERT INTO campaign_creations (key_hash, body_hash, campaign_id, created_at_ms) VALUES (?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE key_hash = campaign_creations.key_hash`,
    [keyHash, bodyHash, idBytes(campaignId), nowMs],
  )
  const [row] = await connection.read(
    'SELECT body_hash, campaign_id FROM campaign_creations WHERE key_hash = ? LOCK IN SHARE MODE',
    [keyHash],
  )
  await connection.change('DELETE FROM campaign_creations WHERE created_at_ms < ? LIMIT ?', [
    nowMs - creationMemoryMs,
    forgottenMax,
  ])
  if (row === undefined || !bodyHash.equals(row['body_hash'] as Buffer)) return undefined
  return idText(row['campaign_id'] as Buffer)
}
