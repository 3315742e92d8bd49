import { type Arming, type ArmingOptions, createArming } from '../../../coupon/recovery/arming.ts'
import { createArmingParts, type ArmingServers as WholePlace } from '../../../coupon/recovery/arming-parts.ts'
import { createLogger } from '../../../platform/log/logger.ts'

/** Where an arming works. */
export type ArmingPlace = Pick<WholePlace, 'redis' | 'database' | 'producer'> &
  Partial<Pick<WholePlace, 'redisConnection' | 'partitions'>>

/** The parts of an arming, as the processes put them together. */
export const armingParts = (place: ArmingPlace): ArmingOptions =>
  createArmingParts({
    redisConnection: { url: 'redis://127.0.0.1:6379' },
    requireOneDeployment: async () => {},
    now: Date.now,
    partitions: async () => 3,
    ...place,
    refuseIfStopping: () => {},
    log: createLogger('test', 'silent'),
    soldOutMemoryMs: 0,
    monotonicMs: () => performance.now(),
  })

/** An arming as a process has it; `changes` replace parts of it. */
export const openArming = (place: ArmingPlace, changes: Partial<ArmingOptions> = {}): Arming =>
  createArming({ ...armingParts(place), ...changes })
