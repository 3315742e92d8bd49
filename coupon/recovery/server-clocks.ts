import type { SqlReader } from '../../platform/mysql/connection.ts'
import type { RedisClient } from '../../platform/redis.ts'
import type { ServerClocks } from './clock-watch.ts'

/** Reads the clocks of Redis and of the database. Rejects `unavailable` when one does not answer. */
export const readServerClocks = async (
  redis: Pick<RedisClient, 'command'>,
  database: SqlReader,
): Promise<ServerClocks> => {
  const [time, rows] = await Promise.all([
    redis.command('TIME') as Promise<[string, string]>,
    database.read('SELECT UNIX_TIMESTAMP(NOW(3)) * 1000 AS now_ms'),
  ])
  return {
    gateMs: Number(time[0]) * 1_000 + Math.floor(Number(time[1]) / 1_000),
    databaseMs: Number(rows[0]?.['now_ms']),
  }
}
