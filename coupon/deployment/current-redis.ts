import type { Logger } from '../../platform/log/logger.ts'
import type { Database } from '../../platform/mysql/database.ts'
import type { RedisClient } from '../../platform/redis.ts'
import {
  type NotedRedis,
  noteCurrentRedis,
  noteRedisLeft,
  readRedisServers,
} from '../ledger/redis-servers.ts'

/** How a server was left. `gone`: it has another memory, or is a replica. `silent`: it did not answer. */
export type LeaveOutcome = 'stopped' | 'gone' | 'silent'

/** Whether gates may be armed here. `refused` says why not, and what an operator can do. */
export type ClaimOutcome = { kind: 'current'; fence: string } | { kind: 'refused'; what: string }

/** One Redis at a time: the ledger notes on which server gates are armed. */
export type CurrentRedis = {
  /**
   * Whether gates may be armed on the Redis of this process. A server that the ledger does not know takes
   * over, once the noted one can no longer confirm. A server that was left never comes back by itself.
   * Rejects `unavailable` when a server does not answer.
   */
  claim(): Promise<ClaimOutcome>
}

export type CurrentRedisOptions = {
  redis: RedisClient
  /** As `redisAddress` shortens it. */
  address: string
  database: Database
  /** Stops every live gate on a server that still answers as a master with this fence. */
  leave(server: NotedRedis): Promise<LeaveOutcome>
  log: Logger
  /** Rejects when database, log and Redis belong to different deployments, or that cannot be known. */
  requireOneDeployment(): Promise<void>
  now(): number
}

/** The lease under which gates are moved to another server. */
const lease = 'fc:redis'

/** Processes that see the same new server wait for the one that takes over. */
const leaseWaitSeconds = 5

/** The fence of a server, `undefined` when it is not a master. Rejects `unavailable`. */
export const readFence = async (redis: RedisClient): Promise<string | undefined> => {
  const info = String(await redis.command('INFO', 'replication'))
  if (!info.includes('role:master')) return undefined
  return /master_replid:([0-9a-f]+)/.exec(info)?.[1]
}

const refused = (what: string): ClaimOutcome => ({ kind: 'refused', what })

const wasLeft = ({ address }: NotedRedis): string =>
  `gates were moved away from this Redis (${address}): point REDIS_URL at the current one, ` +
  'or run `npm run redis -- adopt` to come back'

const needsOperator = ({ address, endpoint }: NotedRedis): string =>
  `gates were armed on the Redis ${address} (${endpoint}), which does not answer: bring it back, ` +
  'or run `npm run redis -- adopt` when it is gone for good'

export const createCurrentRedis = (options: CurrentRedisOptions): CurrentRedis => {
  const { redis, database, log } = options

  const verdictOf = (servers: readonly NotedRedis[], fence: string): ClaimOutcome | undefined => {
    const mine = servers.find((server) => server.fence === fence)
    // safeguard: a Redis that was left never comes back by itself
    if (mine !== undefined && mine.state !== 'current') return refused(wasLeft(mine))
    const isLeaving = servers.some(({ state }) => state === 'leaving')
    return mine !== undefined && !isLeaving ? { kind: 'current', fence } : undefined
  }

  /** Under the lease: notes this server, and stops the gates of the others, so that they confirm nothing. */
  const takeOver = async (fence: string): Promise<ClaimOutcome> => {
    const endpoint = redis.remoteAddress() ?? options.address
    const servers = await database.transaction(async (connection) => {
      const before = await readRedisServers(connection, fence, 'FOR UPDATE')
      if (verdictOf(before, fence) !== undefined) return { commit: false, result: before }
      await noteCurrentRedis(connection, { fence, address: options.address, endpoint }, options.now())
      return { commit: true, result: await readRedisServers(connection, fence) }
    })
    for (const server of servers.filter(({ state }) => state === 'leaving')) {
      // safeguard: the gates of the noted Redis are stopped first
      const outcome = await options.leave(server)
      if (outcome === 'silent' && server.address !== options.address) return refused(needsOperator(server))
      await noteRedisLeft(database, server.fence, options.now())
      log.warn(
        { left: server.address, endpoint: server.endpoint, outcome },
        'gates are armed on this Redis now',
      )
    }
    return verdictOf(await readRedisServers(database, fence), fence) ?? refused('the gates are being moved')
  }

  return {
    async claim() {
      await options.requireOneDeployment()
      const fence = await readFence(redis)
      if (fence === undefined) return refused('this Redis is not a master')
      const verdict = verdictOf(await readRedisServers(database, fence), fence)
      if (verdict !== undefined) return verdict
      return database.withLeases([lease], leaseWaitSeconds, (held) =>
        held.has(lease)
          ? takeOver(fence)
          : Promise.resolve(refused('another process is moving the gates to a Redis')),
      )
    },
  }
}
