import { isRedisErrorReply, type RedisClient } from '../../platform/redis.ts'

const settingOf = (reply: unknown, name: string): number => {
  const flat: unknown[] = Array.isArray(reply) ? reply : []
  return Number(flat[flat.indexOf(name) + 1] ?? 0)
}

/** Redis' own default of `min-replicas-max-lag`. */
const defaultLagSeconds = 10

/** Where CONFIG is refused (managed servers): a master that takes writes with no replica attached needs none to write. */
const lagByReplicas = async (redis: RedisClient): Promise<number> => {
  const replicas = /connected_slaves:(\d+)/.exec(String(await redis.command('INFO', 'replication')))?.[1]
  return replicas === '0' ? 0 : (defaultLagSeconds + 1) * 1_000
}

/**
 * How long a cut-off old master may go on beside its successor: `min-replicas-max-lag` plus a second, in milliseconds; 0 on a Redis
 * that needs no replicas to write. A server that does not tell its settings is taken to have the default lag while it has replicas.
 */
export const failoverWaitMs = async (redis: RedisClient): Promise<number> => {
  const [replicas, lag] = ['min-replicas-to-write', 'min-replicas-max-lag']
  try {
    const needed = settingOf(await redis.command('CONFIG', 'GET', replicas), replicas)
    if (needed === 0) return 0
    return (settingOf(await redis.command('CONFIG', 'GET', lag), lag) + 1) * 1_000
  } catch (cause) {
    if (isRedisErrorReply(cause)) return lagByReplicas(redis)
    throw cause
  }
}
