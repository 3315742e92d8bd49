import type { RedisClient } from '../../platform/redis.ts'

const settingOf = (reply: unknown, name: string): number => {
  const flat: unknown[] = Array.isArray(reply) ? reply : []
  return Number(flat[flat.indexOf(name) + 1] ?? 0)
}

/**
 * How long a cut-off old master may go on beside its successor: `min-replicas-max-lag` plus a second, in milliseconds; 0 on a Redis
 * that needs no replicas to write.
 */
export const successionMs = async (redis: RedisClient): Promise<number> => {
  const [replicas, lag] = ['min-replicas-to-write', 'min-replicas-max-lag']
  const needed = settingOf(await redis.command('CONFIG', 'GET', replicas), replicas)
  if (needed === 0) return 0
  return (settingOf(await redis.command('CONFIG', 'GET', lag), lag) + 1) * 1_000
}
