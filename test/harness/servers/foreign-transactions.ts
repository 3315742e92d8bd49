import { randomUUID } from 'node:crypto'
import type { OwnTopic } from './own-topic.ts'

/** A transaction of a client that is no part of the product. */
export type ForeignTransaction = {
  /** Writes one record, which is no grant, to each of these partitions. */
  write(partitions: readonly number[]): Promise<void>
  /** Ends it: each partition gets a control record, which takes an offset. */
  end(how: 'commit' | 'abort'): Promise<void>
}

/** Begins a transaction on a topic. One that never ends stays open for ten minutes. */
export const beginForeignTransaction = async ({
  name,
  kafka,
}: Pick<OwnTopic, 'name' | 'kafka'>): Promise<ForeignTransaction> => {
  const producer = kafka.producer({
    ...{ transactionalId: `foreign-${randomUUID()}`, idempotent: true, maxInFlightRequests: 1 },
    transactionTimeout: 600_000,
  })
  await producer.connect()
  const transaction = await producer.transaction()
  return {
    async write(partitions) {
      const messages = partitions.map((partition) => ({ partition, value: 'foreign' }))
      await transaction.send({ topic: name, messages })
    },
    async end(how) {
      await transaction[how]()
      await producer.disconnect()
    },
  }
}
