import { randomUUIDv7 } from 'node:crypto'
import { createRegistry, type Registry } from '../../../coupon/campaigns/registry.ts'
import { createGate } from '../../../coupon/gate/gate.ts'
import { listKeys } from '../../../coupon/gate/keys.ts'
import { registerScript } from '../../../coupon/gate/scripts.ts'
import { createIssuer, type Issuer, type IssuerOptions } from '../../../coupon/issue/issuer.ts'
import type { AppendResult } from '../../../coupon/log/grant-log.ts'
import { createBound } from '../../../platform/group-commit.ts'
import { createLogger } from '../../../platform/log/logger.ts'
import { connectRedis } from '../../../platform/redis.ts'
import { createProxy, type Proxy } from '../../../servers/network/proxy.ts'
import { newUser } from '../processes/client.ts'
import { infoOf, type OwnRedis, startOwnRedis } from '../servers/redises.ts'
import { armGate, type ArmedGate, type GateChanges } from '../values/gates.ts'

const hourMs = 3_600_000
const outboxGrantsMax = 5

/** An issuer, and the registry that it asks. */
export type OpenIssuer = Pick<Issuer, 'isFull'> & {
  registry: Registry
  issue(campaignId: string, userId?: string, slot?: number): ReturnType<Issuer['issue']>
}

/** Issuers on a Redis of their own. Their log is a fake that leaves every entry in the outbox. */
export type Issuers = {
  own: OwnRedis
  /** Between the issuers and the gate. */
  proxy: Proxy
  /** `appended` is the result of every append. */
  open(changes?: Partial<IssuerOptions> & { appended?: AppendResult }): Promise<OpenIssuer>
  /** An armed gate on the list of campaigns. */
  publish(changes?: GateChanges): Promise<ArmedGate>
  /** Number of script calls so far. */
  countCalls(): Promise<number>
  /** Stops the registries and writes an empty, complete list. */
  reset(): Promise<void>
  close(): Promise<void>
}

export const startIssuers = async (): Promise<Issuers> => {
  const own = await startOwnRedis()
  const proxy = await createProxy({ host: '127.0.0.1', port: own.port })
  const url = `redis://127.0.0.1:${proxy.port}`
  const redis = connectRedis({ url, commandTimeoutMs: 1_000, onError: () => {} })
  await redis.waitForConnection(5_000)
  const registries: Registry[] = []
  const stopRegistries = (): void => registries.splice(0).forEach((registry) => registry.stop())
  return {
    own,
    proxy,
    async open(changes = {}) {
      const monotonicMs = changes.monotonicMs ?? (() => performance.now())
      const registry = createRegistry({
        redis: own.redis,
        gate: createGate(own.redis, { outboxGrantsMax }),
        log: createLogger('test', 'silent'),
        intervalMs: hourMs,
        monotonicMs,
        now: Date.now,
      })
      registries.push(registry)
      await registry.start()
      const issuer = createIssuer({
        gate: createGate(redis, { outboxGrantsMax }),
        registry,
        queueBound: createBound(1_000),
        batchSizeMax: 256,
        memoryMs: hourMs,
        monotonicMs,
        grantLog: { append: async () => changes.appended ?? 'confirmed' },
        newCouponId: randomUUIDv7,
        ...changes,
      })
      return {
        registry,
        isFull: issuer.isFull,
        issue: (id, userId = newUser(), slot = 1) => issuer.issue(id, userId, slot),
      }
    },
    async publish(changes = {}) {
      const sale = await armGate(own.redis, changes)
      await own.redis.run(registerScript, listKeys, ['some', sale.id, 1])
      return sale
    },
    countCalls: async () =>
      Number(/calls=(\d+)/.exec((await infoOf(own, 'cmdstat_evalsha')) ?? '')?.[1] ?? 0),
    async reset() {
      stopRegistries()
      await own.redis.run(registerScript, listKeys, ['all'])
    },
    async close() {
      stopRegistries()
      redis.close()
      await proxy.close()
      await own.close()
    },
  }
}
