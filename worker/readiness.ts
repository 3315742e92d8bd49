import type { RedisRoom } from '../coupon/gate/redis-room.ts'
import type { Keeper } from '../coupon/recovery/keeper.ts'
import type { ReadinessCheck } from '../platform/http/health.ts'
import type { LedgerLag } from './ledger-lag.ts'
import type { PartitionProgress } from './partition-progress.ts'
import { createStallCheck } from './stall-check.ts'

export type WorkerParts = {
  progress: PartitionProgress
  lag: LedgerLag
  keeper: Pick<Keeper, 'beingArmed'>
  room: Pick<RedisRoom, 'check'>
}

/** The checks of the worker's `/readyz`. */
export const createReadinessChecks = ({ progress, lag, keeper, room }: WorkerParts): ReadinessCheck[] => [
  { name: 'ledger', isReady: progress.isAligned, waitsFor: progress.waitsFor },
  createStallCheck(lag, { stallMsMax: 10_000 }),
  {
    name: 'gates',
    isReady: () => keeper.beingArmed().length === 0,
    waitsFor: () => `arming ${keeper.beingArmed().length} campaigns`,
  },
  room.check,
]
