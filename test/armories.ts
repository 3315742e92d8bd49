import { createArmory, type Armory, type ArmoryOptions } from '../coupon/arm.ts'
import { createArmingGate } from '../coupon/gate/arming.ts'
import { successionMs } from '../coupon/gate/succession.ts'
import { createCampaignBook } from '../coupon/ledger/campaigns.ts'
import { createPositions } from '../coupon/ledger/positions.ts'
import { createRebuildReader } from '../coupon/ledger/rebuild.ts'
import { createLogEnds } from '../coupon/log-ends.ts'
import { createRebuilder } from '../coupon/rebuild.ts'
import type { Producer } from '../platform/kafka-producer.ts'
import { createLog } from '../platform/log.ts'
import type { Database } from '../platform/mysql.ts'
import type { RedisClient } from '../platform/redis.ts'

/** Where an armory works. */
export type ArmoryPlace = { redis: RedisClient; database: Database; producer: Producer }

/** The parts of an armory, as the processes put them together. */
export const armoryParts = ({ redis, database, producer }: ArmoryPlace): ArmoryOptions => {
  const gate = createArmingGate(redis)
  const partitions = async (): Promise<number> => 3
  return {
    ...{
      gate,
      database,
      producer,
      log: createLog('test', 'silent'),
      campaigns: createCampaignBook(database),
    },
    logEnds: createLogEnds({
      ...{ producer, positions: createPositions(database), partitions },
      refuseIfStopping: () => {},
    }),
    rebuilder: createRebuilder(gate, createRebuildReader(database)),
    successionMs: () => successionMs(redis),
    ...{ soldOutMemoryMs: 0, gateLifetimeMs: 86_400_000 },
    ...{ monotonicMs: () => performance.now(), now: Date.now },
  }
}

/** An armory as a process has it; `changes` replace parts of it. */
export const openArmory = (place: ArmoryPlace, changes: Partial<ArmoryOptions> = {}): Armory =>
  createArmory({ ...armoryParts(place), ...changes })
