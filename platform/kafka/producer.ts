import type { Message, RecordMetadata } from 'kafkajs'
import { Failure, messageOf } from '../failure.ts'
import { isBrokerResponse, type KafkaCluster } from './client.ts'
import { withTimeout } from '../with-timeout.ts'

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

/** A produce that took longer is unknown. Longer than a broker that is only slow takes, shorter than kafkajs goes on asking. */
const answerMsMax = 5_000

type Client = {
  send(topic: string, messages: Message[]): Promise<RecordMetadata[]>
  /** Ends once all that was sent has an end: a client that is closed before comes back to life with its next try. */
  close(): Promise<void>
}

const openClient = (kafka: KafkaCluster): Client => {
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
  const underWay = new Set<Promise<unknown>>()
  let connecting: Promise<void> | undefined
  const send = async (topic: string, messages: Message[]): Promise<RecordMetadata[]> => {
    connecting ??= producer.connect().catch((cause: unknown) => {
      connecting = undefined
      throw cause
    })
    await connecting
    // safeguard: acknowledgement by all in-sync replicas
    return producer.send({ topic, acks: -1, messages })
  }
  return {
    send(topic, messages) {
      const sending = send(topic, messages)
      underWay.add(sending)
      const over = (): boolean => underWay.delete(sending)
      sending.then(over, over)
      return sending
    },
    async close() {
      await Promise.allSettled(underWay)
      await producer.disconnect()
    },
  }
}

/**
 * A producer that is connected when first needed.
 * Never idempotent (kafkajs can reuse one sequence number for different batches) and never more than one partition a
 * call (a retry after a leader moved skips a partition and still resolves): the ledger removes doubles, nothing can bring back a loss.
 *
 * A client that failed without an answer of the log is left, and the next append asks with a new one: kafkajs keeps a connection
 * whose other end is silent, and sends to that broker for as long as its metadata lives, though another leads by then.
 */
export const createProducer = (kafka: KafkaCluster): Producer => {
  let current: Client | undefined
  return {
    async append(topic, partition, records) {
      const client = (current ??= openClient(kafka))
      try {
        // safeguard: one partition per produce
        const messages = records.map((record) => ({ ...record, partition }))
        const results = await withTimeout(client.send(topic, messages), answerMsMax, 'no acknowledgement')
        const [result] = results
        // safeguard: one partition per produce / result
        // safeguard: the result of a produce is checked
        if (results.length !== 1 || result?.partition !== partition || result.errorCode !== 0)
          throw new Error(`partition ${partition} was not acknowledged: ${JSON.stringify(results)}`)
        return Number(result.baseOffset)
      } catch (cause) {
        if (current === client && !isBrokerResponse(cause)) {
          current = undefined
          void client.close().catch(() => undefined)
        }
        throw new Failure('unavailable', `Kafka: ${messageOf(cause)}`, { cause })
      }
    },
    close: async () => current?.close(),
  }
}
