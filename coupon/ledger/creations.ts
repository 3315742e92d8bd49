import type { Connection, SqlReader } from '../../platform/mysql/connection.ts'
import { idBytes, idText } from './ids.ts'

/** An idempotency key of an operator and the body that came with it, as SHA-256 digests. */
export type CreationKey = { keyHash: Buffer; bodyHash: Buffer }

/** A key is remembered for this long. */
const creationMemoryMs = 7 * 86_400_000

/** Keys that one creation forgets: more than it adds, so the table stays small without a job of its own. */
const forgottenMax = 100

/**
 * The campaign that the key belongs to. `other-body` when it came with another body, `undefined` when it is
 * not known. A creation in progress with the same key is waited for.
 */
export const readCreation = async (
  source: SqlReader,
  { keyHash, bodyHash }: CreationKey,
): Promise<string | undefined> => {
  const [row] = await source.read(
    'SELECT body_hash, campaign_id FROM campaign_creations WHERE key_hash = ? LOCK IN SHARE MODE',
    [keyHash],
  )
  if (row === undefined) return undefined
  return bodyHash.equals(row['body_hash'] as Buffer) ? idText(row['campaign_id'] as Buffer) : 'other-body'
}

/**
 * Stores the key with this campaign, unless it is stored already, and returns the campaign that it belongs
 * to. `other-body` when it came with another body. Another creation with the same key is waited for.
 */
export const claimCreation = async (
  connection: Connection,
  key: CreationKey,
  campaignId: string,
  nowMs: number,
): Promise<string> => {
  await connection.change(
    `INSERT INTO campaign_creations (key_hash, body_hash, campaign_id, created_at_ms) VALUES (?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE key_hash = campaign_creations.key_hash`,
    [key.keyHash, key.bodyHash, idBytes(campaignId), nowMs],
  )
  const owner = await readCreation(connection, key)
  await connection.change('DELETE FROM campaign_creations WHERE created_at_ms < ? LIMIT ?', [
    nowMs - creationMemoryMs,
    forgottenMax,
  ])
  return owner ?? 'other-body'
}
