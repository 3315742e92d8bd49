import { inject } from 'vitest'
import { gateKey, outboxKey, winnersKey } from '../../../coupon/gate/keys.ts'
import { idBytes, idText } from '../../../coupon/ledger/ids.ts'
import { connectDatabase } from '../../../platform/mysql/database.ts'
import { connectRedis } from '../../../platform/redis.ts'
import type { ApiAnswer } from '../processes/http-client.ts'
import { until } from './until.ts'

/** A coupon as its winner was shown it, and as the ledger has it. */
export type StoredCoupon = {
  couponId: string
  campaignId: string
  userId: string
  slot: number
  rank: number
  issuedAt: string
}

/** What a gate counts, and what is in its keys. */
export type GateFacts = {
  granted: number
  nextRank: number
  grantsPending: number
  winners: number
  outbox: number
}

/** Ledger and gate of a campaign, read past the API. */
export type StoredFacts = {
  /** Every row of the campaign, by rank. */
  rows(campaignId: string): Promise<StoredCoupon[]>
  /** The rows once there are `count` of them or more. */
  drained(campaignId: string, count: number): Promise<StoredCoupon[]>
  gate(campaignId: string): Promise<GateFacts>
  /** Names of all keys in Redis. */
  keys(): Promise<string[]>
  close(): Promise<void>
}

/** The coupon in an answer. */
export const couponIn = ({ body }: ApiAnswer): StoredCoupon => ({
  couponId: String(body['id']),
  campaignId: String(body['campaignId']),
  userId: String(body['userId']),
  slot: Number(body['slot']),
  rank: Number(body['rank']),
  issuedAt: String(body['issuedAt']),
})

/** Opens gate and ledger on the servers of the tests, or on others. */
export const openStoredFacts = (environment: Record<string, string> = inject('environment')): StoredFacts => {
  const database = connectDatabase({
    url: environment['DATABASE_URL'] ?? '',
    connectionsMax: 1,
    queryTimeoutMs: 10_000,
  })
  const redis = connectRedis({
    url: environment['REDIS_URL'] ?? '',
    commandTimeoutMs: 10_000,
    onError: () => {},
  })
  const count = async (name: string, ...args: string[]): Promise<number> =>
    Number(await redis.command(name, ...args))

  const rows: StoredFacts['rows'] = (campaignId) =>
    database.transaction(async (connection) => ({
      commit: false,
      result: (
        await connection.read('SELECT * FROM coupons WHERE campaign_id = ? ORDER BY `rank`', [
          idBytes(campaignId),
        ])
      ).map((row) => ({
        couponId: idText(row['coupon_id'] as Buffer),
        campaignId: idText(row['campaign_id'] as Buffer),
        userId: String(row['user_id']),
        slot: Number(row['slot']),
        rank: Number(row['rank']),
        issuedAt: new Date(Number(row['granted_at_ms'])).toISOString(),
      })),
    }))

  return {
    rows,
    drained: (campaignId, rowCount) =>
      until(`${rowCount} rows of ${campaignId}`, async () => {
        const found = await rows(campaignId)
        return found.length >= rowCount && found
      }),
    async gate(campaignId) {
      await redis.waitForConnection(5_000)
      const key = gateKey(campaignId)
      const field = (name: string): Promise<number> => count('HGET', key, name)
      const epoch = await field('epoch')
      return {
        granted: await field('granted'),
        nextRank: await field('nextRank'),
        grantsPending: await field('grantsPending'),
        winners: await count('HLEN', winnersKey(campaignId, epoch)),
        outbox: await count('XLEN', outboxKey(campaignId, epoch)),
      }
    },
    async keys() {
      await redis.waitForConnection(5_000)
      const found = await redis.command('KEYS', '*')
      return Array.isArray(found) ? found.map(String) : []
    },
    async close() {
      redis.close()
      await database.close()
    },
  }
}
