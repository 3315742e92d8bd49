import { randomUUIDv7 } from 'node:crypto'
import type { Registry } from '../../../coupon/campaigns/registry.ts'
import { createGate } from '../../../coupon/gate/gate.ts'
import { createIssuer, type Issuer, type IssuerOptions } from '../../../coupon/issue/issuer.ts'
import type { AppendResult } from '../../../coupon/log/grant-log.ts'
import { createBound } from '../../../platform/group-commit.ts'
import { connectRedis } from '../../../platform/redis.ts'
import type { Claims } from '../../../platform/tokens/token-claims.ts'
import { createProxy, type Proxy } from '../../../servers/network/proxy.ts'
import { newUser } from '../processes/http-client.ts'
import { type Registries, startRegistries } from './registries.ts'

const hourMs = 3_600_000

/** An issuer, and the registry that it asks. */
export type OpenIssuer = Pick<Issuer, 'isFull'> & {
  registry: Registry
  issue(campaignId: string, userId?: string, slot?: number, claims?: Claims): ReturnType<Issuer['issue']>
}

/** Issuers on a Redis of their own. Their log is a fake that leaves every entry in the outbox. */
export type Issuers = Omit<Registries, 'open'> & {
  /** Between the issuers and the gate. */
  proxy: Proxy
  /** `appended` is the result of every append. */
  open(changes?: Partial<IssuerOptions> & { appended?: AppendResult }): Promise<OpenIssuer>
}

export const startIssuers = async (): Promise<Issuers> => {
  const registries = await startRegistries()
  const proxy = await createProxy({ host: '127.0.0.1', port: registries.own.port })
  const url = `redis://127.0.0.1:${proxy.port}`
  const redis = connectRedis({ url, commandTimeoutMs: 1_000, onError: () => {} })
  await redis.waitForConnection(5_000)
  return {
    ...registries,
    proxy,
    async open(changes = {}) {
      const monotonicMs = changes.monotonicMs ?? (() => performance.now())
      const registry = await registries.open({ monotonicMs })
      const issuer = createIssuer({
        gate: createGate(redis, { outboxGrantsMax: 5 }),
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
        issue: (id, userId = newUser(), slot = 1, claims = {}) =>
          issuer.issue(id, userId, slot, undefined, claims),
      }
    },
    async close() {
      redis.close()
      await proxy.close()
      await registries.close()
    },
  }
}
