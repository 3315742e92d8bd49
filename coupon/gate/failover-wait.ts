import { isRedisErrorReply, type RedisClient } from '../../platform/redis.ts'

const settingIn = (reply: unknown, name: string): number => {
  const flat: unknown[] = Array.isArray(reply) ? reply : []
  return Number(flat[flat.indexOf(name) + 1] ?? 0)
}

/** Default of `min-replicas-max-lag` in Redis. */
const defaultLagSeconds = 10

/** Without CONFIG (managed servers): a master without replicas that accepts writes needs none to write. */
const waitByReplicas = async (redis: RedisClient): Promise<number> => {
  const replicas = /connected_slaves:(\d+)/.exec(String(await redis.command('INFO', 'replication')))?.[1]
  return replicas === '0' ? 0 : (defaultLagSeconds + 1) * 1_000
}

/**
 * How long a cut-off old master may accept writes beside its successor, in milliseconds. It is
 * `min-replicas-max-lag` plus a second, or 0 on a Redis that needs no replicas to write. When CONFIG is
 * refused, the default lag is assumed while the server has replicas.
 */
export const failoverWaitMs = async (redis: RedisClient): Promise<number> => {
  const [replicas, lag] = ['min-replicas-to-write', 'min-replicas-max-lag']
  try {
    const needed = settingIn(await redis.command('CONFIG', 'GET', replicas), replicas)
    if (needed === 0) return 0
    return (settingIn(await redis.command('CONFIG', 'GET', lag), lag) + 1) * 1_000
  } catch (cause) {
    if (isRedisErrorReply(cause)) return waitByReplicas(redis)
    throw cause
  }
}
