import { type Audit, createAudit } from '../../coupon/audit/audit.ts'
import { createAuditParts } from '../../coupon/audit/audit-parts.ts'
import { createGateSurveyor, type GateSurveyor } from '../../coupon/gate/gate-surveyor.ts'
import { createKeeperGate } from '../../coupon/gate/keeper-gate.ts'
import { createCampaignRepository } from '../../coupon/ledger/campaigns.ts'
import { idBytes } from '../../coupon/ledger/ids.ts'
import { createLedgerReader, type LedgerReader } from '../../load/ledger/ledger-reader.ts'
import { createTopicAdmin } from '../../platform/kafka/topic-admin.ts'
import { createTopicReader } from '../../platform/kafka/topic-reader.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { withTimeout } from '../../platform/with-timeout.ts'
import type { EndSettings } from './judge-changes.ts'
import type { Stack } from './stack.ts'

/** Gate, ledger and audit of the stack, read past the links. */
export type StackReaders = {
  /** Of the Redis that is the master at that moment. */
  readonly gate: GateSurveyor
  readonly ledger: LedgerReader
  readonly audit: Audit
  /** The clock of Redis. `undefined` when it does not answer at once. */
  gateNowMs(): Promise<number | undefined>
  /** Rows of a campaign that were granted between two times of the gate, both exclusive. */
  grantedBetween(campaignId: string, fromMs: number, untilMs: number): Promise<number>
  /** The settings of a campaign in the ledger and at its gate. */
  settings(campaignId: string): Promise<{ ledger: EndSettings | undefined; gate: EndSettings | undefined }>
  close(): Promise<void>
}

const answerWithinMs = 300

export const openStackReaders = ({ redis, kafka, database }: Stack): StackReaders => {
  const master = (): RedisClient => redis.master().control
  const client: RedisClient = {
    run: (...words) => master().run(...words),
    command: (...words) => master().command(...words),
    remoteAddress: () => master().remoteAddress(),
    subscribe: (...words) => master().subscribe(...words),
    waitForConnection: (timeoutMs) => master().waitForConnection(timeoutMs),
    close: () => undefined,
  }
  const campaigns = createCampaignRepository(database.database)
  const gate = createKeeperGate(client)
  const [topics, reader] = [createTopicAdmin(kafka.kafka), createTopicReader(kafka.kafka)]
  return {
    gate: createGateSurveyor(client),
    async gateNowMs() {
      const time = await withTimeout(client.command('TIME'), answerWithinMs, 'Redis: no answer').catch(
        () => undefined,
      )
      return Array.isArray(time) ? Number(time[0]) * 1_000 + Math.floor(Number(time[1]) / 1_000) : undefined
    },
    async grantedBetween(campaignId, ...bounds) {
      const [row] = await database.database.read(
        'SELECT COUNT(*) AS count FROM coupons WHERE campaign_id = ? AND granted_at_ms > ? AND granted_at_ms < ?',
        [idBytes(campaignId), ...bounds],
      )
      return Number(row?.['count'])
    },
    settings: async (campaignId) => ({
      ledger: await campaigns.read(campaignId),
      gate: await gate.settings(campaignId),
    }),
    ledger: createLedgerReader(database.database),
    audit: createAudit(createAuditParts({ redis: client, database: database.database, topics, reader })),
    async close() {
      await Promise.all([reader.close(), topics.close()])
    },
  }
}
