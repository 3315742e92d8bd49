import { randomUUID } from 'node:crypto'
import { until } from '../values/until.ts'
import type { OwnTopic } from './own-topic.ts'

/** A transaction of a client that is no part of the product. */
export type ForeignTransaction = {
  /** Writes one record, which is no grant, to each of these partitions. */
  write(partitions: readonly number[]): Promise<void>
  /** Ends it, and waits for the control record of each partition. Nobody else may write meanwhile. */
  end(how: 'commit' | 'abort'): Promise<void>
}

/** Begins a transaction on a topic. One that never ends stays open for ten minutes. */
export const beginForeignTransaction = async ({
  name,
  kafka,
  offsets,
}: Pick<OwnTopic, 'name' | 'kafka' | 'offsets'>): Promise<ForeignTransaction> => {
  const producer = kafka.producer({
    ...{ transactionalId: `foreign-${randomUUID()}`, idempotent: true, maxInFlightRequests: 1 },
    transactionTimeout: 600_000,
  })
  await producer.connect()
  const transaction = await producer.transaction()
  const written = new Set<number>()
  return {
    async write(partitions) {
      for (const partition of partitions) written.add(partition)
      const messages = partitions.map((partition) => ({ partition, value: 'foreign' }))
      await transaction.send({ topic: name, messages })
    },
    async end(how) {
      const before = await offsets()
      await transaction[how]()
      // Kafka answers before it writes them.
      await until('the control records are written', async () => {
        const ends = new Map((await offsets()).map((one) => [one.partition, one.end]))
        return before.every(
          ({ partition, end }) => !written.has(partition) || (ends.get(partition) ?? 0) > end,
        )
      })
      await producer.disconnect()
    },
  }
}
