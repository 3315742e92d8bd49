import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { inject } from 'vitest'
import { createConsumer, type StoredRecord } from '../platform/kafka-consumer.ts'
import { createProducer, type Producer } from '../platform/kafka-producer.ts'
import { createTopics, type PartitionOffsets } from '../platform/kafka-topics.ts'
import { createKafka, type KafkaCluster } from '../platform/kafka.ts'
import { createLog } from '../platform/log.ts'
import { createProxy, type Proxy } from './proxy.ts'
import { until } from './until.ts'

const log = createLog('test', 'silent')

/** A topic of the test's own on the shared Kafka, and a producer that reaches it through a proxy. */
export type OwnTopic = {
  readonly name: string
  readonly proxy: Proxy
  /** Appends to this topic, whichever it is told. */
  readonly producer: Producer
  /** Every produce that was asked for, in order: its partition and its values. */
  readonly produces: readonly { partition: number; values: string[] }[]
  /** Clients that do not go through the proxy. */
  readonly kafka: KafkaCluster
  offsets(): Promise<PartitionOffsets[]>
  /** All that lies in it now, partition by partition. */
  records(): Promise<StoredRecord[]>
  close(): Promise<void>
}

const recordsOf = async (kafka: KafkaCluster, topic: string, offsets: readonly PartitionOffsets[]) => {
  const found = new Map<string, StoredRecord>()
  const consumer = createConsumer({
    ...{ kafka, topic, groupId: `test-${randomUUID()}`, log },
    onAssigned: () => {},
    onCrash: () => {},
  })
  await consumer.run(async ({ records, handled }) => {
    for (const record of records) found.set(`${record.partition} ${record.offset}`, record)
    await handled((records.at(-1)?.offset ?? -1) + 1)
  })
  const count = offsets.reduce((sum, { first, end }) => sum + end - first, 0)
  await until(`${count} records of ${topic}`, () => found.size >= count)
  await consumer.stop()
  return [...found.values()].sort((a, b) => a.partition - b.partition || a.offset - b.offset)
}

/** Creates a topic; `settings` are Kafka's own names. */
export const createOwnTopic = async (
  options: { partitions?: number; settings?: Record<string, string>; requestTimeoutMs?: number } = {},
): Promise<OwnTopic> => {
  const brokers = (inject('environment')['KAFKA_BROKERS'] ?? '').split(',')
  const [host = '', port = ''] = brokers[0]?.split(':') ?? []
  const proxy = await createProxy({ host, port: Number(port) })
  const name = `test.${randomUUID()}`
  const { requestTimeoutMs = 10_000 } = options
  const kafka = createKafka({ ...{ brokers, log, requestTimeoutMs }, clientId: 'firstcome-test' })
  const proxied = createKafka({
    ...{ brokers, log, requestTimeoutMs },
    clientId: 'firstcome-test-proxied',
    socketFactory: ({ onConnect }) => connect(proxy.port, '127.0.0.1', onConnect),
  })
  const topics = createTopics(kafka)
  await topics.create([
    {
      topic: name,
      partitions: options.partitions ?? 3,
      replicationFactor: 1,
      settings: options.settings ?? {},
    },
  ])
  const producer = createProducer(proxied)
  const produces: { partition: number; values: string[] }[] = []
  return {
    ...{ name, proxy, produces, kafka },
    producer: {
      append(_, partition, records) {
        produces.push({ partition, values: records.map(({ value }) => String(value)) })
        return producer.append(name, partition, records)
      },
      close: producer.close,
    },
    offsets: () => topics.offsets(name),
    records: async () => recordsOf(kafka, name, await topics.offsets(name)),
    async close() {
      proxy.restore()
      proxy.release()
      await Promise.all([producer.close(), topics.close()])
      await proxy.close()
    },
  }
}
