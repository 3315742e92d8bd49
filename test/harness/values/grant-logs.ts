import type { OutboxEntry } from '../../../coupon/gate/outbox-entry.ts'
import { createGrantLog, type GrantLog, type GrantLogOptions } from '../../../coupon/log/grant-log.ts'
import { createLogger } from '../../../platform/log/logger.ts'
import { type ArmedGate, grantRequests } from './armed-gate.ts'

/** Append and confirm for one gate, over three partitions. */
export const openGrantLog = (
  { gate }: ArmedGate,
  options: Pick<GrantLogOptions, 'producer' | 'publishDeadlineMs'> & Partial<GrantLogOptions>,
): GrantLog =>
  createGrantLog({
    gate,
    log: createLogger('test', 'silent'),
    partitions: async () => 3,
    publishInFlightMax: 2,
    monotonicMs: () => performance.now(),
    ...options,
  })

/** The outbox entry of `count` new users who won. */
export const grantEntry = async ({ id, gate, epoch }: ArmedGate, count: number): Promise<OutboxEntry> => {
  const decided = await gate.decide(id, epoch, grantRequests(count))
  if (decided.kind !== 'decided' || decided.entry === undefined) throw new Error(JSON.stringify(decided))
  return decided.entry
}
