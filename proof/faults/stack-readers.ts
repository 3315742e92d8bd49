import { type Audit, createAudit } from '../../coupon/audit/audit.ts'
import { createAuditParts } from '../../coupon/audit/audit-parts.ts'
import { createGateSurveyor, type GateSurveyor } from '../../coupon/gate/gate-surveyor.ts'
import { createLedgerReader, type LedgerReader } from '../../load/ledger/ledger-reader.ts'
import { createTopicAdmin } from '../../platform/kafka/topic-admin.ts'
import { createTopicReader } from '../../platform/kafka/topic-reader.ts'
import type { RedisClient } from '../../platform/redis.ts'
import type { Stack } from './stack.ts'

/** Gate, ledger and audit of the stack, read past the links. */
export type StackReaders = {
  /** Of the Redis that is the master at that moment. */
  readonly gate: GateSurveyor
  readonly ledger: LedgerReader
  readonly audit: Audit
  close(): Promise<void>
}

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
