import { Failure, messageOf } from './failure.ts'
import type { KafkaCluster } from './kafka.ts'

/** One record: compact text, and a key where it stems from elsewhere. */
export type RecordToAppend = {
  value: string | Buffer | null
  key?: Buffer | null
  headers?: Record<string, string>
}

/** The two-method port in front of the log's writer. */
export type Producer = {
  /**
   * Appends records to ONE partition with acks=all and returns the offset of the first.
   * Any rejection means "unknown": it may still land.
   */
  append(topic: string, partition: number, records: readonly RecordToAppend[]): Promise<number>
  close(): Promise<void>
}

/**
 * A producer that is connected when first needed.
 * Never idempotent (kafkajs can reuse one sequence number for different batches) and never more than one partition a
 * call (a retry after a leader moved skips a partition and still resolves): the ledger removes doubles, nothing can bring back a loss.
 */
export const createProducer = (kafka: KafkaCluster): Producer => {
  const producer = kafka.producer({
    idempotent: false,
    allowAutoTopicCreation: false,
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
    // In a new topology (a broker came back, a leader moved) this long may pass before it is known.
    metadataMaxAge: 60_000,
    retry: { initialRetryTime: 50, maxRetryTime: 1_000, factor: 0.2, multiplier: 2, retries: 2 },
  })
  let connecting: Promise<void> | undefined
  const connected = (): Promise<void> => {
    connecting ??= producer.connect().catch((cause: unknown) => {
      connecting = undefined
      throw cause
    })
    return connecting
  }

  return {
    async append(topic, partition, records) {
      try {
        await connected()
        const results = await producer.send({
          topic,
          acks: -1,
          messages: records.map((record) => ({ ...record, partition })),
        })
        const [result] = results
        if (results.length !== 1 || result?.partition !== partition || result.errorCode !== 0)
          throw new Error(`partition ${partition} was not acknowledged: ${JSON.stringify(results)}`)
        return Number(result.baseOffset)
      } catch (cause) {
        throw new Failure('unavailable', `Kafka: ${messageOf(cause)}`, { retryable: true, cause })
      }
    },
    close: () => producer.disconnect(),
  }
}
