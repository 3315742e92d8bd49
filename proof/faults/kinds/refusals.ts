import { disturbanceKind, type FaultKind } from './fault-kind.ts'
import { untilDone } from './until-done.ts'

/** The topic asks for more copies than there are: NOT_ENOUGH_REPLICAS. */
const kafkaRefuses = disturbanceKind('kafka', 'refuses', [500, 4_000], ({ stack: { kafka } }) => ({
  target: 'kafka',
  strike: () => kafka.acceptGrants(false).then(() => true),
  heal: () => untilDone(() => kafka.acceptGrants(true)),
}))

/** Redis has no memory for a new grant: OOM. */
const redisFull = disturbanceKind('redis', 'full', [500, 4_000], ({ stack: { redis } }) => {
  const limitMemory = async (bytes: number): Promise<void> => {
    await redis.master().control.command('CONFIG', 'SET', 'maxmemory', bytes)
  }
  return {
    target: 'redis',
    // Its connection may be on the way back from an earlier fault.
    strike: () => untilDone(() => limitMemory(1)).then(() => true),
    heal: () => untilDone(() => limitMemory(0)),
  }
})

const mysqlReadOnly = disturbanceKind('mysql', 'read-only', [500, 4_000], ({ stack: { database } }) => ({
  target: 'mysql',
  strike: () => database.setReadOnly(true).then(() => true),
  heal: () => untilDone(() => database.setReadOnly(false)),
}))

/** Servers that answer, and refuse. */
export const refusalKinds: readonly FaultKind[] = [kafkaRefuses, mysqlReadOnly, redisFull]
