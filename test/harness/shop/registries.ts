import { createRegistry, type Registry, type RegistryOptions } from '../../../coupon/campaigns/registry.ts'
import { createGate } from '../../../coupon/gate/gate.ts'
import { listKeys } from '../../../coupon/gate/keys.ts'
import { registerScript } from '../../../coupon/gate/scripts.ts'
import { createLogger } from '../../../platform/log/logger.ts'
import { infoOf, type OwnRedis, type Persistence, startOwnRedis } from '../servers/own-redis.ts'
import { type ArmedGate, armGate, type GateChanges } from '../values/armed-gate.ts'

const hourMs = 3_600_000

/** Registries on a Redis of their own. They poll once, unless `changes` say otherwise. */
export type Registries = {
  own: OwnRedis
  open(changes?: Partial<RegistryOptions>): Promise<Registry>
  /** An armed gate on the list of campaigns. */
  publish(changes?: GateChanges): Promise<ArmedGate>
  /** Number of script calls so far. */
  countCalls(): Promise<number>
  /** Stops the registries, empties Redis, and writes an empty, complete list. */
  reset(): Promise<void>
  close(): Promise<void>
}

export const startRegistries = async (persistence?: Persistence): Promise<Registries> => {
  const own = await startOwnRedis(persistence)
  const registries: Registry[] = []
  const stopRegistries = (): void => registries.splice(0).forEach((registry) => registry.stop())
  return {
    own,
    async open(changes = {}) {
      const registry = createRegistry({
        redis: own.redis,
        gate: createGate(own.redis, { outboxGrantsMax: 100 }),
        log: createLogger('test', 'silent'),
        intervalMs: hourMs,
        monotonicMs: () => performance.now(),
        now: Date.now,
        ...changes,
      })
      registries.push(registry)
      await registry.start()
      return registry
    },
    async publish(changes = {}) {
      const armed = await armGate(own.redis, changes)
      await own.redis.run(registerScript, listKeys, ['some', armed.id, changes.version ?? 1])
      return armed
    },
    countCalls: async () =>
      Number(/calls=(\d+)/.exec((await infoOf(own, 'cmdstat_evalsha')) ?? '')?.[1] ?? 0),
    async reset() {
      stopRegistries()
      await own.control.command('CONFIG', 'SET', 'min-replicas-to-write', 0)
      await own.control.command('FLUSHALL')
      await own.redis.run(registerScript, listKeys, ['all'])
    },
    async close() {
      stopRegistries()
      await own.close()
    },
  }
}
