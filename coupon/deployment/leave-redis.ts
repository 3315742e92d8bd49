import { randomUUID } from 'node:crypto'
import { directRedis } from '../../platform/connections/direct-redis.ts'
import type { RedisConnection } from '../../platform/connections/redis-connection.ts'
import type { Producer } from '../../platform/kafka/producer.ts'
import { connectRedis, type RedisClient } from '../../platform/redis.ts'
import { changeOfHalt } from '../campaigns/record-halt.ts'
import { createArmingGate } from '../gate/arming-gate.ts'
import { createHaltGate } from '../gate/halt-gate.ts'
import { gateKey } from '../gate/keys.ts'
import { createUnrecordedCampaigns } from '../gate/unrecorded-campaigns.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { NotedRedis } from '../ledger/redis-servers.ts'
import { relaySurvivors } from '../log/relay-survivors.ts'
import { type LeaveOutcome, readFence } from './current-redis.ts'

export type LeaveRedisOptions = {
  /** Credentials and TLS are those of this connection. */
  redisConnection: RedisConnection
  commandTimeoutMs: number
  campaigns: CampaignRepository
  producer: Producer
}

/** The epoch of a gate, 0 when there is none. */
const epochOf = async (redis: RedisClient, campaignId: string): Promise<number> =>
  Number((await redis.command('HGET', gateKey(campaignId), 'epoch')) ?? 0)

/**
 * Stops every live gate on a server that gates are moved away from. What its outboxes hold is appended to the
 * log, because their owners were answered "pending". A halt that only its gates know is recorded. From then
 * on nothing is granted or confirmed there. Rejects `unavailable` when a step did not finish; it may be
 * repeated.
 */
export const createLeaveRedis =
  ({ redisConnection, commandTimeoutMs, campaigns, producer }: LeaveRedisOptions) =>
  async (server: NotedRedis): Promise<LeaveOutcome> => {
    const redis = connectRedis({
      ...directRedis(redisConnection, server),
      commandTimeoutMs,
      onError: () => undefined,
    })
    try {
      try {
        await redis.waitForConnection(commandTimeoutMs)
      } catch {
        return 'silent'
      }
      // Another memory, or a replica: what was armed there can no longer grant or confirm.
      if ((await readFence(redis)) !== server.fence) return 'gone'
      // From here on it calls no list of coupons complete.
      // safeguard: a Redis that is left calls no list complete
      await createUnrecordedCampaigns(redis).abandon()
      const [gate, halts] = [createArmingGate(redis), createHaltGate(redis)]
      for (const { id, epoch } of await campaigns.live()) {
        const highest = Math.max(epoch, await epochOf(redis, id))
        if (highest === 0) continue
        await gate.stop(id, highest, `${highest}:${randomUUID()}`)
        const halt = await halts.halted(id)
        // safeguard: a halt is recorded before its Redis is left
        if (halt !== undefined) await campaigns.change(id, changeOfHalt(halt))
        await relaySurvivors(gate, producer, id, highest)
      }
      return 'stopped'
    } finally {
      redis.close()
    }
  }
