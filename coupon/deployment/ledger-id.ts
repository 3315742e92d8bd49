import { Failure } from '../../platform/failure.ts'
import type { Database } from '../../platform/mysql/database.ts'
import { idBytes, idText } from '../ledger/ids.ts'

/** MySQL: the table does not exist. */
const noSuchTable = 1146

const isMissingTable = (cause: unknown): boolean =>
  cause instanceof Failure &&
  typeof cause.cause === 'object' &&
  cause.cause !== null &&
  'errno' in cause.cause &&
  cause.cause.errno === noSuchTable

/**
 * The id of the deployment that this database belongs to; `undefined` when it has none: `npm run migrate`
 * gives it one. Rejects `unavailable` when the database does not answer.
 */
export const readLedgerId = async (database: Database): Promise<string | undefined> => {
  try {
    const [row] = await database.read('SELECT deployment_id FROM deployment WHERE singleton = 1')
    return row === undefined ? undefined : idText(row['deployment_id'] as Buffer)
  } catch (cause) {
    if (isMissingTable(cause)) return undefined
    throw cause
  }
}

/** Stores the id unless the database has one, and returns the one that it has. Rejects `unavailable`. */
export const createLedgerId = async (
  database: Database,
  deploymentId: string,
  nowMs: number,
): Promise<string> => {
  await database.change(
    `INSERT INTO deployment (singleton, deployment_id, created_at_ms) VALUES (1, ?, ?)
     ON DUPLICATE KEY UPDATE singleton = deployment.singleton`,
    [idBytes(deploymentId), nowMs],
  )
  return (await readLedgerId(database)) ?? deploymentId
}
