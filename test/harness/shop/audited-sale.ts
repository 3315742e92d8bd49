import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { type AuditResult, createAudit } from '../../../coupon/audit/audit.ts'
import type { History } from '../../../coupon/audit/history.ts'
import { createGateSurveyor } from '../../../coupon/gate/gate-surveyor.ts'
import type { Grant } from '../../../coupon/grant.ts'
import { createCampaignRepository } from '../../../coupon/ledger/campaigns.ts'
import { idBytes, idText } from '../../../coupon/ledger/ids.ts'
import type { LoggedGrant } from '../../../coupon/ledger/log-slice.ts'
import { createPositionRepository } from '../../../coupon/ledger/positions.ts'
import { createRecorder } from '../../../coupon/ledger/recorder.ts'
import { createGrantLogReader } from '../../../coupon/log/grant-log-reader.ts'
import { encodeGrant } from '../../../coupon/log/log-record.ts'
import { grantsTopic } from '../../../coupon/log/topics.ts'
import { createTopicAdmin } from '../../../platform/kafka/topic-admin.ts'
import { createTopicReader } from '../../../platform/kafka/topic-reader.ts'
import { createOwnDatabase, type OwnDatabase } from '../servers/own-database.ts'
import { type OwnRedis, startOwnRedis } from '../servers/own-redis.ts'
import { createOwnTopic, type OwnTopic } from '../servers/own-topic.ts'
import { type ArmedGate, armGate } from '../values/armed-gate.ts'

/** How far grants go. */
export type Reach = 'outbox' | 'log' | 'confirmed' | 'ledger'

/**
 * A campaign whose sources are written by the product's own parts, at the test's pace: no API, worker or
 * keeper knows it.
 */
export type AuditedSale = {
  id: string
  gate: ArmedGate
  /** Grants coupons to as many new users, in gate calls of 256 at the most. */
  sell(count: number, reach?: Reach): Promise<Grant[]>
  /** Appends grants to a partition of the log; returns the offset of the first. */
  append(grants: readonly Grant[], partition?: number): Promise<number>
  /** What the log has becomes rows, and positions move. */
  record(): Promise<void>
  /** Changes the ledger by hand; `?` is the campaign's id. */
  change(sql: string, ...values: unknown[]): Promise<number>
  /** The rows, as grants. */
  grants(): Promise<Grant[]>
  /** The audit of this campaign, or of another in these sources. */
  result(history?: History, campaignId?: string): Promise<AuditResult>
}

/** Redis, a topic and a database of the test's own. */
export type Audited = {
  database: OwnDatabase
  redis: OwnRedis
  topic: OwnTopic
  sale(options: { stock: number; closesAtMs?: number }): Promise<AuditedSale>
  /** Runs this before every read of a gate or of the ends of the log, until it is replaced. */
  beforeEachReading(disturb: () => Promise<unknown>): void
  close(): Promise<void>
}

const grantsInOneCallMax = 256

export const openAudited = async (): Promise<Audited> => {
  const [database, redis, topic] = await Promise.all([createOwnDatabase(), startOwnRedis(), createOwnTopic()])
  const topics = createTopicAdmin(topic.kafka)
  const reader = createTopicReader(topic.kafka)
  const recorder = createRecorder(database.database)
  const campaigns = createCampaignRepository(database.database)
  await createPositionRepository(database.database).read([0, 1, 2])
  const gateBook = createGateSurveyor(redis.redis)
  const log = createGrantLogReader({ topics, reader, topic: topic.name })
  let disturb = async (): Promise<unknown> => undefined
  const disturbed = async function* <Item>(read: () => AsyncGenerator<Item>): AsyncGenerator<Item> {
    await disturb()
    yield* read()
  }
  const audit = createAudit({
    database: database.database,
    gate: {
      ...gateBook,
      survey: (id) => disturb().then(() => gateBook.survey(id)),
      winners: (id, epoch) => disturbed(() => gateBook.winners(id, epoch)),
      outbox: (id, epoch) => disturbed(() => gateBook.outbox(id, epoch)),
      freeRanks: (id, epoch) => disturbed(() => gateBook.freeRanks(id, epoch)),
    },
    log: { ...log, ends: () => disturb().then(log.ends) },
    // Longer than any test that has nobody to relay.
    stuckMs: 300_000,
    watchMs: 200,
    monotonicMs: () => performance.now(),
  })

  const unrecorded: { partition: number; startOffset: number; grants: readonly Grant[] }[] = []
  const append = async (grants: readonly Grant[], partition = 0): Promise<number> => {
    const records = grants.map((grant) => ({ value: encodeGrant(grant) }))
    const startOffset = await topic.producer.append(grantsTopic, partition, records)
    unrecorded.push({ partition, startOffset, grants })
    return startOffset
  }
  const record = async (): Promise<void> => {
    for (const { partition, startOffset, grants } of unrecorded.splice(0)) {
      const at = grants.map((grant, index): LoggedGrant => ({ offset: startOffset + index, grant }))
      const endOffset = startOffset + grants.length
      const recorded = await recorder.record(
        { partition, startOffset, endOffset, grants: at },
        async () => {},
      )
      if (recorded.kind !== 'recorded') throw new Error(JSON.stringify(recorded))
    }
  }

  return {
    ...{ database, redis, topic },
    beforeEachReading(next) {
      disturb = next
    },
    async sale({ stock, closesAtMs = Date.now() + 3_600_000 }) {
      const { id } = await database.createCampaign({ stock, closesAtMs })
      await campaigns.cut(id, 0, undefined)
      const gate = await armGate(redis.redis, { id, stock, closesAtMs, outboxGrantsMax: 10_000_000 })
      let partition = 0
      const sellSome = async (count: number, reach: Reach): Promise<Grant[]> => {
        const requests = Array.from({ length: count }, () => ({
          ...{ userId: `user-${randomUUID()}`, slot: 1, couponId: randomUUIDv7() },
        }))
        const decided = await gate.gate.decide(id, 1, requests)
        if (decided.kind !== 'decided' || decided.entry === undefined)
          throw new Error(JSON.stringify(decided))
        const { entry } = decided
        if (reach === 'outbox') return entry.grants
        partition = (partition + 1) % 3
        await append(entry.grants, partition)
        if (reach !== 'log') await gate.gate.confirm(id, 1, [entry])
        if (reach === 'ledger') await record()
        return entry.grants
      }
      return {
        ...{ id, gate, append, record },
        async sell(count, reach = 'ledger') {
          const grants: Grant[] = []
          for (let left = count; left > 0; left -= grantsInOneCallMax)
            grants.push(...(await sellSome(Math.min(left, grantsInOneCallMax), reach)))
          return grants
        },
        change: (sql, ...values) => database.change(sql, [...values, idBytes(id)]),
        async grants() {
          const rows = await database.rows('SELECT * FROM coupons WHERE campaign_id = ? ORDER BY `rank`', [
            idBytes(id),
          ])
          return rows.map((row) => ({
            couponId: idText(row['coupon_id'] as Buffer),
            campaignId: id,
            userId: String(row['user_id']),
            ...{ slot: Number(row['slot']), rank: Number(row['rank']), epoch: Number(row['epoch']) },
            grantedAtMs: Number(row['granted_at_ms']),
          }))
        },
        async result(history, campaignId = id) {
          const result = await audit.run(campaignId, { history })
          if (result === undefined) throw new Error('the ledger has no such campaign')
          return result
        },
      }
    },
    async close() {
      await Promise.all([reader.close(), topics.close()])
      await Promise.all([topic.close(), redis.close()])
      await database.close()
    },
  }
}

/** What did not pass, by fault or promise, with its verdict. */
export const notPassed = ({ checks }: AuditResult): Record<string, string> =>
  Object.fromEntries(
    checks
      .filter(({ verdict }) => verdict !== 'pass')
      .map(({ fault, promise, verdict }) => [fault ?? promise, verdict]),
  )
