import { type Audit, createAudit } from '../../coupon/audit/audit.ts'
import { createAuditParts } from '../../coupon/audit/audit-parts.ts'
import { createGateSurveyor, type GateSurveyor } from '../../coupon/gate/gate-surveyor.ts'
import { createLedgerReader, type LedgerReader } from '../../load/ledger/ledger-reader.ts'
import { createTopicReader } from '../../platform/kafka/topic-reader.ts'
import { createTopicAdmin } from '../../platform/kafka/topic-admin.ts'
import type { RedisClient } from '../../platform/redis.ts'
import type { Stack } from './stack.ts'

/** The books of the stack, read past the links. */
export type StackReaders = {
  /** Of the server that leads when it is asked. */
  readonly gate: GateSurveyor
  readonly ledger: LedgerReader
  readonly audit: Audit
  close(): Promise<void>
}

/** Opens them. */
export const openStackReaders = ({ redis, kafka, database }: Stack): StackReaders => {
  const leading = (): RedisClient => redis.master().control
  const client: RedisClient = {
    run: (...words) => leading().run(...words),
    command: (...words) => leading().command(...words),
    subscribe: (...words) => leading().subscribe(...words),
    waitForConnection: (timeoutMs) => leading().waitForConnection(timeoutMs),
    close: () => undefined,
  }
  const [topics, reader] = [createTopicAdmin(kafka.kafka), createTopicReader(kafka.kafka)]
  return {
    gate: createGateSurveyor(client),
    ledger: createLedgerReader(database.database),
    audit: createAudit(createAuditParts({ redis: client, database: database.database, topics, reader })),
    async close() {
      await Promise.all([reader.close(), topics.close()])
    },
  }
}
