import { createArmory, type Armory, type ArmoryOptions } from '../../../coupon/recovery/arm.ts'
import { type ArmoryPlace as WholePlace, createArmoryParts } from '../../../coupon/recovery/wiring.ts'
import { createLog } from '../../../platform/log/log.ts'

/** Where an armory works. */
export type ArmoryPlace = Pick<WholePlace, 'redis' | 'database' | 'producer'>

/** The parts of an armory, as the processes put them together. */
export const armoryParts = (place: ArmoryPlace): ArmoryOptions =>
  createArmoryParts({
    ...place,
    partitions: async () => 3,
    refuseIfStopping: () => {},
    log: createLog('test', 'silent'),
    soldOutMemoryMs: 0,
    monotonicMs: () => performance.now(),
  })

/** An armory as a process has it; `changes` replace parts of it. */
export const openArmory = (place: ArmoryPlace, changes: Partial<ArmoryOptions> = {}): Armory =>
  createArmory({ ...armoryParts(place), ...changes })
