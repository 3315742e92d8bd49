import { randomUUIDv7 } from 'node:crypto'
import type { Campaign, CampaignTerms } from '../../../coupon/campaign.ts'
import { createRegistry, type Registry } from '../../../coupon/campaigns/registry.ts'
import { createGate, type Gate } from '../../../coupon/gate/gate.ts'
import {
  createUnrecordedCampaigns,
  type UnrecordedCampaigns,
} from '../../../coupon/gate/unrecorded-campaigns.ts'
import type { Grant } from '../../../coupon/grant.ts'
import { createIssuer } from '../../../coupon/issue/issuer.ts'
import { createCouponRepository } from '../../../coupon/ledger/coupons.ts'
import { createPositionRepository } from '../../../coupon/ledger/positions.ts'
import { createGrantLog } from '../../../coupon/log/grant-log.ts'
import { encodeGrant } from '../../../coupon/log/log-record.ts'
import { grantsTopic } from '../../../coupon/log/topics.ts'
import { type CouponReader, createCouponReader } from '../../../coupon/reading/coupon-reader.ts'
import { type Arming, type ArmingOptions, createArming } from '../../../coupon/recovery/arming.ts'
import { createKeeper } from '../../../coupon/recovery/keeper.ts'
import { createSettling } from '../../../coupon/recovery/settling.ts'
import { createBound } from '../../../platform/group-commit.ts'
import { createProducer, type Producer } from '../../../platform/kafka/producer.ts'
import { createLogger } from '../../../platform/log/logger.ts'
import type { RedisClient } from '../../../platform/redis.ts'
import { repeat } from '../../../platform/repeat.ts'
import { createOwnDatabase, type OwnDatabase } from '../servers/own-database.ts'
import { type OwnRedis, type Persistence, startOwnRedis } from '../servers/own-redis.ts'
import { createOwnTopic, type OwnTopic } from '../servers/own-topic.ts'
import { until } from '../values/until.ts'
import { armingParts } from './open-arming.ts'
import { type OwnRecorder, startOwnRecorder } from './own-recorder.ts'
import { createSale, type Sale } from './sale.ts'

/**
 * API and worker in this process, put together as their main.ts do, on a Redis, a topic and a ledger of the
 * test's own.
 */
export type Shop = {
  readonly redis: OwnRedis
  readonly ledger: OwnDatabase
  readonly topic: OwnTopic
  readonly recorder: OwnRecorder
  readonly gate: Gate
  /** The worker's way into the log; the API's goes through the topic's proxy. */
  readonly producer: Producer
  readonly parts: ArmingOptions
  readonly arming: Arming
  readonly registry: Registry
  readonly coupons: CouponReader
  readonly unrecorded: UnrecordedCampaigns
  /** Puts grants into the log, past the gate. */
  append(grants: readonly Grant[], partition?: number): Promise<void>
  /** A new campaign, armed. */
  sale(terms: Partial<CampaignTerms> & { stock: number }): Promise<Sale>
  /** A campaign of the ledger, armed or not. */
  saleOf(id: string): Promise<Sale>
  /** Lets API and worker find another server at Redis' address, as after a failover. */
  serveFrom(server: OwnRedis): void
  /** One step of the worker that takes notes out and completes them. */
  settle(): Promise<void>
  /** Starts the keeper, unless it runs. */
  keep(): void
  /** Stops the keeper after what it is doing. */
  rest(): Promise<void>
  /** After a test: the keeper rests, Redis is empty, and every campaign so far is over. */
  clear(): Promise<void>
  close(): Promise<void>
}

export type ShopOptions = {
  persistence?: Persistence
  outboxGrantsMax?: number
  publishDeadlineMs?: number
  /** Age at which the relay takes an entry. */
  overdueMs?: number
  soldOutMemoryMs?: number
  /** The most records of one transaction of the worker. */
  ledgerBatchSizeMax?: number
  /** The number of partitions that the API spreads its grants over: 3 unless given. */
  apiPartitions?: () => Promise<number>
  /** The worker reaches the log through the proxy too. */
  workerIsProxied?: boolean
}

const hourMs = 3_600_000
const log = createLogger('test', 'silent')
const monotonicMs = (): number => performance.now()
export const openShop = async (options: ShopOptions = {}): Promise<Shop> => {
  const { outboxGrantsMax = 200_000, publishDeadlineMs = 500, overdueMs = hourMs } = options
  const [own, ledger, topic] = await Promise.all([
    startOwnRedis(options.persistence),
    createOwnDatabase(),
    createOwnTopic(),
  ])
  await createPositionRepository(ledger.database).read([0, 1, 2])
  const recorder = await startOwnRecorder(topic, ledger.database, {
    batchSizeMax: options.ledgerBatchSizeMax,
  })
  let serving = own
  const redis: RedisClient = {
    ...own.redis,
    run: (...args) => serving.redis.run(...args),
    command: (...args) => serving.redis.command(...args),
    remoteAddress: () => serving.redis.remoteAddress(),
  }
  const direct = createProducer(topic.kafka)
  const producer: Producer = options.workerIsProxied
    ? topic.producer
    : {
        append: (_, partition, records) => direct.append(topic.name, partition, records),
        close: direct.close,
      }
  const gate = createGate(redis, { outboxGrantsMax })
  const logParts = {
    gate,
    log,
    partitions: options.apiPartitions ?? (async () => 3),
    publishDeadlineMs,
    publishInFlightMax: 2,
    monotonicMs,
  }

  const registry = createRegistry({ ...{ redis, gate, log, intervalMs: 50, monotonicMs }, now: Date.now })
  const issuer = createIssuer({
    ...{ gate, registry, grantLog: createGrantLog({ ...logParts, producer: topic.producer }), monotonicMs },
    ...{ queueBound: createBound(100_000), batchSizeMax: 256, memoryMs: 100, newCouponId: randomUUIDv7 },
  })
  const parts = {
    ...armingParts({
      redis,
      database: ledger.database,
      producer,
      redisConnection: { url: own.url },
      partitions: topic.partitions,
    }),
    soldOutMemoryMs: options.soldOutMemoryMs ?? 100,
  }
  const { campaigns } = parts
  const unrecorded = createUnrecordedCampaigns(redis)
  const coupons = createCouponReader({
    ...{ gate, unrecorded, registry, listDeadlineMs: 10_000 },
    campaigns,
    coupons: createCouponRepository(ledger.database),
    log,
  })
  const arming = createArming(parts)
  const keeper = createKeeper({
    ...{ gate: parts.gate, arming, grantLog: createGrantLog({ ...logParts, producer }), campaigns, log },
    ...{ overdueMs, listing: parts.listing, requireOneDeployment: async () => {}, now: Date.now },
    unrecorded,
  })
  await registry.start()
  let live: readonly Campaign[] = []
  const settling = createSettling({
    ...{ ...parts, unrecorded },
    ...{ campaigns: () => live, isInCharge: () => true },
  })
  let keeping: { stop(): void } | undefined
  let looking = Promise.resolve()
  const look = (): Promise<void> => (looking = keeper.inspectGates())

  const saleOf = (campaign: Campaign): Sale => createSale({ gate, issuer, coupons, campaigns }, campaign)

  const shop: Shop = {
    ...{ redis: own, ledger, topic, recorder, gate, producer, parts, arming, registry, coupons, unrecorded },
    async append(grants, partition = 0) {
      const records = grants.map((grant) => ({ value: encodeGrant(grant) }))
      await producer.append(grantsTopic, partition, records)
    },
    async sale(terms) {
      const campaign = await ledger.createCampaign({ perUserLimit: 1, ...terms })
      const outcome = (await arming.arm([campaign.id], 10)).get(campaign.id)
      if (outcome?.kind !== 'armed' && outcome?.kind !== 'in-order') throw new Error(JSON.stringify(outcome))
      return saleOf(campaign)
    },
    async saleOf(id) {
      const campaign = await campaigns.read(id)
      if (campaign === undefined) throw new Error('the ledger has no such campaign')
      return saleOf(campaign)
    },
    serveFrom(server) {
      serving = server
    },
    async settle() {
      live = await campaigns.live()
      await settling.step()
    },
    keep() {
      keeping ??= repeat(look, 50)
    },
    async rest() {
      keeping?.stop()
      keeping = undefined
      await looking
      await until('the keeper is done', () => keeper.beingArmed().length === 0)
    },
    async clear() {
      await shop.rest()
      await ledger.change('UPDATE campaigns SET retired_at_ms = 1, granted = 0 WHERE retired_at_ms IS NULL')
      await own.control.command('FLUSHALL')
    },
    async close() {
      await shop.rest()
      registry.stop()
      await recorder.stop()
      await Promise.all([direct.close(), topic.close(), own.close()])
      await ledger.close()
    },
  }
  return shop
}
