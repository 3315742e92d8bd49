import { redisAddress } from '../../platform/connections/redis-address.ts'
import type { RedisConnection } from '../../platform/connections/redis-connection.ts'
import type { Producer } from '../../platform/kafka/producer.ts'
import type { Database } from '../../platform/mysql/database.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { createListing } from '../campaigns/listing.ts'
import { createCurrentRedis } from '../deployment/current-redis.ts'
import { createLeaveRedis } from '../deployment/leave-redis.ts'
import { createArmingGate } from '../gate/arming-gate.ts'
import { failoverWaitMs } from '../gate/failover-wait.ts'
import { createKeeperGate } from '../gate/keeper-gate.ts'
import { isRedisFull } from '../gate/redis-room.ts'
import { createCampaignRepository } from '../ledger/campaigns.ts'
import { createPositionRepository } from '../ledger/positions.ts'
import { createRebuildReader } from '../ledger/rebuild-reader.ts'
import { createRetirementRepository } from '../ledger/retirements.ts'
import { createLogEnds, type LogEndsOptions } from '../log/log-ends.ts'
import type { ArmingOptions } from './arming.ts'
import { createRebuilder } from './rebuilder.ts'

/** The servers that an arming works on, and what its process decides for it. */
export type ArmingServers = Pick<ArmingOptions, 'log' | 'soldOutMemoryMs' | 'monotonicMs'> &
  Pick<LogEndsOptions, 'partitions' | 'refuseIfStopping'> & {
    redis: RedisClient
    database: Database
    producer: Producer
    /** A server that gates are moved away from is reached with its credentials and TLS. */
    redisConnection: RedisConnection
    /** Rejects when the servers belong to different deployments, or that cannot be known. */
    requireOneDeployment(): Promise<void>
    now(): number
  }

/** How long a server that gates are moved away from may take for one command. */
const leaveTimeoutMs = 2_000

/** The parts of an arming, the same in every process that arms; a keeper and a sweep use them too. */
export const createArmingParts = ({
  redis,
  database,
  producer,
  partitions,
  refuseIfStopping,
  redisConnection,
  requireOneDeployment,
  now,
  ...decided
}: ArmingServers): ArmingOptions => {
  const armingGate = createArmingGate(redis)
  const campaigns = createCampaignRepository(database)
  return {
    ...decided,
    gate: createKeeperGate(redis),
    armingGate,
    currentRedis: createCurrentRedis({
      redis,
      address: redisAddress(redisConnection.url),
      database,
      leave: createLeaveRedis({ redisConnection, commandTimeoutMs: leaveTimeoutMs, campaigns, producer }),
      log: decided.log,
      requireOneDeployment,
      now,
    }),
    database,
    producer,
    campaigns,
    listing: createListing({ redis, campaigns, retirements: createRetirementRepository(database) }),
    logEnds: createLogEnds({
      producer,
      positions: createPositionRepository(database),
      partitions,
      refuseIfStopping,
    }),
    rebuilder: createRebuilder(armingGate, createRebuildReader(database)),
    failoverWaitMs: () => failoverWaitMs(redis),
    isRedisFull: () => isRedisFull(redis),
  }
}
