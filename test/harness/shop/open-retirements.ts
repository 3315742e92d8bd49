import { createAudit } from '../../../coupon/audit/audit.ts'
import { createGateSurveyor } from '../../../coupon/gate/gate-surveyor.ts'
import { gateKey } from '../../../coupon/gate/keys.ts'
import { idBytes } from '../../../coupon/ledger/ids.ts'
import { createRetirementRepository } from '../../../coupon/ledger/retirements.ts'
import { createGrantLogReader } from '../../../coupon/log/grant-log-reader.ts'
import { createClockWatch } from '../../../coupon/recovery/clock-watch.ts'
import {
  createRetirement,
  type Retirement,
  type RetirementOptions,
  type RetirementOutcome,
} from '../../../coupon/recovery/retirement.ts'
import { readServerClocks } from '../../../coupon/recovery/server-clocks.ts'
import { createTopicAdmin } from '../../../platform/kafka/topic-admin.ts'
import { createTopicReader } from '../../../platform/kafka/topic-reader.ts'
import { createLogger } from '../../../platform/log/logger.ts'
import type { SqlRow } from '../../../platform/mysql/connection.ts'
import { until } from '../values/until.ts'
import type { Sale } from './sale.ts'
import type { Shop } from './shop.ts'

/** The retirement of a shop, and sales for it. */
export type Retirements = {
  readonly parts: RetirementOptions
  /** A campaign that sold three of its five coupons and, by every source, closed `agoMs` ago. */
  closedSale(agoMs?: number): Promise<Sale>
  rowsOf(sale: Sale): Promise<SqlRow[]>
  /** Finishes what others left, then steps until every due campaign had its turn. */
  stepThrough(retirement?: Retirement): Promise<RetirementOutcome[]>
  close(): Promise<void>
}

/** The time from a close until a gate may be retired. */
export const gateLifetimeMs = 3_600_000

export const openRetirements = (shop: Shop): Retirements => {
  const [topics, reader] = [createTopicAdmin(shop.topic.kafka), createTopicReader(shop.topic.kafka)]
  const { database } = shop.ledger
  const monotonicMs = (): number => performance.now()
  const parts: RetirementOptions = {
    ...{ redis: shop.redis.redis, gate: shop.gate, keeperGate: shop.parts.gate, database },
    campaigns: shop.parts.campaigns,
    retirements: createRetirementRepository(database),
    audit: createAudit({
      database,
      gate: createGateSurveyor(shop.redis.redis),
      log: createGrantLogReader({ topics, reader, topic: shop.topic.name }),
      ...{ stuckMs: 30_000, watchMs: 100, monotonicMs },
    }),
    log: createLogger('test', 'silent'),
    clocks: createClockWatch({
      readClocks: () => readServerClocks(shop.redis.redis, database),
      ...{ monotonicMs, steadyMs: 0 },
    }),
    ...{ gateLifetimeMs, now: Date.now, backoffMs: 0, monotonicMs },
  }
  const own = createRetirement(parts)
  const rowsOf = ({ id }: Sale) =>
    shop.ledger.rows('SELECT user_id FROM coupons WHERE campaign_id = ? ORDER BY `rank`', [idBytes(id)])

  return {
    parts,
    rowsOf,
    async closedSale(agoMs = 2 * gateLifetimeMs) {
      const sale = await shop.sale({ stock: 5 })
      await sale.win(3)
      await until('the ledger has them', async () => (await rowsOf(sale)).length === 3)
      const closesAtMs = Date.now() - agoMs
      await shop.ledger.change('UPDATE campaigns SET closes_at_ms = ? WHERE campaign_id = ?', [
        closesAtMs,
        idBytes(sale.id),
      ])
      const key = gateKey(sale.id)
      const document = JSON.parse(String(await shop.redis.control.command('HGET', key, 'document'))) as object
      const closed = JSON.stringify({ ...document, closesAtMs })
      await shop.redis.control.command('HSET', key, 'closesAtMs', closesAtMs, 'document', closed)
      return sale
    },
    async stepThrough(retirement = own) {
      await retirement.finishOthers()
      const outcomes = []
      for (let outcome = await retirement.step(); outcome !== undefined; outcome = await retirement.step())
        outcomes.push(outcome)
      return outcomes
    },
    async close() {
      await Promise.all([topics.close(), reader.close()])
    },
  }
}
