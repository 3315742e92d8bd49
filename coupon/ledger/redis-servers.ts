import type { Connection, SqlReader } from '../../platform/mysql/connection.ts'
import type { Lock } from './rows.ts'

/** A Redis server on which gates were armed. */
export type NotedRedis = {
  /** `master_replid`: new after every restart and promotion, so it names one memory. */
  fence: string
  /** Host and port as configured. */
  address: string
  /** IP address and port of the connection. */
  endpoint: string
  /** `leaving`: gates are being moved away from it, and nothing is armed meanwhile. */
  state: 'current' | 'leaving' | 'left'
}

/** Servers that are remembered: one more with every restart and failover. */
const serversMax = 100

/** The current server, those that are being left, and the one with this fence. */
export const readRedisServers = async (
  source: SqlReader,
  fence = '',
  lock: Lock | 'FOR UPDATE' = '',
): Promise<NotedRedis[]> => {
  const rows = await source.read(
    `SELECT fence, address, endpoint, state FROM redis_servers WHERE state <> 'left' OR fence = ? ${lock}`,
    [fence],
  )
  return rows.map((row) => ({
    fence: String(row['fence']),
    address: String(row['address']),
    endpoint: String(row['endpoint']),
    state: String(row['state']) as NotedRedis['state'],
  }))
}

/**
 * Whether gates are armed on the server with this fence, and none is being left. Locks the rows until the
 * end.
 */
export const isCurrentRedis = async (connection: Connection, fence: string): Promise<boolean> => {
  const servers = await readRedisServers(connection, fence, 'LOCK IN SHARE MODE')
  return servers.length === 1 && servers[0]?.fence === fence && servers[0].state === 'current'
}

/** Makes a server the current one. The one that was current is being left from here on. */
export const noteCurrentRedis = async (
  connection: Connection,
  { fence, address, endpoint }: Omit<NotedRedis, 'state'>,
  nowMs: number,
): Promise<void> => {
  await connection.change(
    "UPDATE redis_servers SET state = 'leaving' WHERE state = 'current' AND fence <> ?",
    [fence],
  )
  await connection.change(
    `INSERT INTO redis_servers (fence, address, endpoint, state, noted_at_ms) VALUES (?, ?, ?, 'current', ?)
     ON DUPLICATE KEY UPDATE state = 'current', address = VALUES(address), endpoint = VALUES(endpoint),
       noted_at_ms = VALUES(noted_at_ms), left_at_ms = NULL`,
    [fence, address, endpoint, nowMs],
  )
  const old = await connection.read(
    "SELECT fence FROM redis_servers WHERE state = 'left' ORDER BY noted_at_ms DESC LIMIT 1000 OFFSET ?",
    [serversMax],
  )
  if (old.length > 0)
    await connection.change('DELETE FROM redis_servers WHERE fence IN (?)', [old.map((row) => row['fence'])])
}

/** Notes that nothing can be confirmed on a server any longer. */
export const noteRedisLeft = async (
  connection: Pick<Connection, 'change'>,
  fence: string,
  nowMs: number,
): Promise<void> => {
  await connection.change("UPDATE redis_servers SET state = 'left', left_at_ms = ? WHERE fence = ?", [
    nowMs,
    fence,
  ])
}
