import type { Message, RecordMetadata } from 'kafkajs'
import { Failure, messageOf } from '../failure.ts'
import { withTimeout } from '../with-timeout.ts'
import { isBrokerResponse, type KafkaCluster } from './client.ts'

/** One record. It has a key only when it is a copy of a record that had one. */
export type RecordToAppend = {
  value: string | Buffer | null
  key?: Buffer | null
  headers?: Record<string, string>
}

export type Producer = {
  /**
   * Appends records to ONE partition with acks=all and returns the offset of the first.
   * Rejects with `unavailable`: the records may still be written.
   */
  append(topic: string, partition: number, records: readonly RecordToAppend[]): Promise<number>
  close(): Promise<void>
}

/** Longer than a slow broker needs, shorter than kafkajs would keep asking. */
const acknowledgementTimeoutMs = 5_000

type ProducerClient = {
  send(topic: string, messages: Message[]): Promise<RecordMetadata[]>
  /** Disconnects after all sends have ended: a retry of a pending send would connect again. */
  close(): Promise<void>
}

const openClient = (kafka: KafkaCluster): ProducerClient => {
  const producer = kafka.producer({
    idempotent: false,
    allowAutoTopicCreation: false,
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
    // The longest time until a change of the cluster (a broker is back, a leader moved) is noticed.
    metadataMaxAge: 60_000,
    retry: { initialRetryTime: 50, maxRetryTime: 1_000, factor: 0.2, multiplier: 2, retries: 2 },
  })
  const inFlight = new Set<Promise<unknown>>()
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
      inFlight.add(sending)
      const settled = (): boolean => inFlight.delete(sending)
      sending.then(settled, settled)
      return sending
    },
    async close() {
      await Promise.allSettled(inFlight)
      await producer.disconnect()
    },
  }
}

/**
 * A producer that connects when first needed. It is not idempotent, because kafkajs can use one sequence
 * number for two batches. A call has one partition, because a retry after a leader moved can skip a partition
 * and still resolve. The ledger removes duplicates; it cannot replace a loss.
 *
 * After a send without a broker response the client is discarded; the next append opens a new one. kafkajs
 * keeps a connection to a silent broker and sends to it until its metadata expires, although another broker
 * leads by then.
 */
export const createProducer = (kafka: KafkaCluster): Producer => {
  let current: ProducerClient | undefined
  const leave = (client: ProducerClient): void => {
    if (current !== client) return
    current = undefined
    void client.close().catch(() => undefined)
  }
  return {
    async append(topic, partition, records) {
      let client = (current ??= openClient(kafka))
      try {
        // safeguard: one partition per produce
        const messages = records.map((record) => ({ ...record, partition }))
        const send = (): Promise<RecordMetadata[]> =>
          withTimeout(client.send(topic, messages), acknowledgementTimeoutMs, 'no acknowledgement')
        let results = await send()
        // The partition is younger than the metadata of this client: kafkajs sends nothing, and resolves.
        if (results.length === 0) {
          leave(client)
          client = current ??= openClient(kafka)
          results = await send()
        }
        const [result] = results
        // safeguard: one partition per produce / result
        // safeguard: the result of a produce is checked
        if (results.length !== 1 || result?.partition !== partition || result.errorCode !== 0)
          throw new Error(`partition ${partition} was not acknowledged: ${JSON.stringify(results)}`)
        return Number(result.baseOffset)
      } catch (cause) {
        if (!isBrokerResponse(cause)) leave(client)
        throw new Failure('unavailable', `Kafka: ${messageOf(cause)}`, { cause })
      }
    },
    close: async () => current?.close(),
  }
}
