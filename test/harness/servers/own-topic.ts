import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { inject } from 'vitest'
import { parseHostPort } from '../../../platform/connections/host-port.ts'
import { createKafka, type KafkaCluster } from '../../../platform/kafka/client.ts'
import type { StoredRecord } from '../../../platform/kafka/consumer.ts'
import { createProducer, type Producer, type RecordToAppend } from '../../../platform/kafka/producer.ts'
import { createTopicAdmin, type PartitionOffsets } from '../../../platform/kafka/topic-admin.ts'
import { createLogger } from '../../../platform/log/logger.ts'
import { createProxy, type Proxy } from '../../../servers/network/proxy.ts'
import { until } from '../values/until.ts'

const log = createLogger('test', 'silent')

/** A record and its headers. */
export type ReadRecord = StoredRecord & { headers: Record<string, string> }

/** One call of the producer; `values` are those of its records, as text. */
export type Produce = { partition: number; records: readonly RecordToAppend[]; values: string[] }

/** A topic of the test's own on the shared Kafka, and a producer that reaches it through a proxy. */
export type OwnTopic = {
  readonly name: string
  readonly proxy: Proxy
  /** Appends to this topic, whatever topic it is given. */
  readonly producer: Producer
  /** Every produce that was asked for, in order. */
  readonly produces: readonly Produce[]
  /** Clients that do not go through the proxy. */
  readonly kafka: KafkaCluster
  offsets(): Promise<PartitionOffsets[]>
  partitions(): Promise<number>
  /** Adds partitions, as an operator does. */
  growTo(partitions: number): Promise<void>
  /** All that lies in it now, partition by partition. */
  records(): Promise<ReadRecord[]>
  close(): Promise<void>
}

const recordsOf = async (kafka: KafkaCluster, topic: string, offsets: readonly PartitionOffsets[]) => {
  const found = new Map<string, ReadRecord>()
  const missing = new Map(
    offsets.filter(({ first, end }) => end > first).map((one) => [one.partition, one.end]),
  )
  const consumer = kafka.consumer({
    ...{ groupId: `test-${randomUUID()}`, maxWaitTimeInMs: 50, readUncommitted: true },
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      const { partition } = batch
      for (const { offset, timestamp, key, value, headers = {} } of batch.messages) {
        const texts = Object.entries(headers).map(([name, header]) => [name, String(header)])
        const record = {
          ...{ partition, offset: Number(offset), timestampMs: Number(timestamp), key, value },
          headers: Object.fromEntries(texts),
        }
        found.set(`${partition} ${offset}`, record)
      }
      if (Number(batch.lastOffset()) + 1 >= (missing.get(partition) ?? 0)) missing.delete(partition)
    },
  })
  await until(`all records of ${topic}`, () => missing.size === 0)
  await consumer.disconnect()
  return [...found.values()].sort((a, b) => a.partition - b.partition || a.offset - b.offset)
}

/** Creates a topic; `settings` are Kafka's own names. */
export const createOwnTopic = async (
  options: { partitions?: number; settings?: Record<string, string>; requestTimeoutMs?: number } = {},
): Promise<OwnTopic> => {
  const brokers = (inject('environment')['KAFKA_BROKERS'] ?? '').split(',')
  const target = parseHostPort(brokers[0] ?? '')
  if (target === undefined) throw new Error(`${brokers[0]} is no address of a broker`)
  const proxy = await createProxy(target)
  const name = `test.${randomUUID()}`
  const { requestTimeoutMs = 10_000 } = options
  const kafka = createKafka({ ...{ brokers, log, requestTimeoutMs }, clientId: 'firstcome-test' })
  const proxied = createKafka({
    ...{ brokers, log, requestTimeoutMs },
    clientId: 'firstcome-test-proxied',
    socketFactory: ({ onConnect }) => connect(proxy.port, '127.0.0.1', onConnect),
  })
  const topics = createTopicAdmin(kafka)
  await topics.create([
    {
      topic: name,
      partitions: options.partitions ?? 3,
      replicationFactor: 1,
      settings: options.settings ?? {},
    },
  ])
  // Right after its creation a partition may still have no leader, on a machine that is busy.
  await until(`${name} has its leaders`, () => topics.offsets(name))
  const producer = createProducer(proxied)
  const produces: Produce[] = []
  return {
    ...{ name, proxy, produces, kafka },
    producer: {
      append(_, partition, records) {
        produces.push({ partition, records, values: records.map(({ value }) => String(value)) })
        return producer.append(name, partition, records)
      },
      close: producer.close,
    },
    offsets: () => topics.offsets(name),
    partitions: () => topics.partitions(name),
    async growTo(count) {
      const admin = kafka.admin()
      await admin.connect()
      await admin.createPartitions({ topicPartitions: [{ topic: name, count }] })
      await admin.disconnect()
      await until(
        `${name} has ${count} partitions`,
        async () => (await topics.offsets(name)).length === count,
      )
    },
    records: async () => recordsOf(kafka, name, await topics.offsets(name)),
    async close() {
      proxy.restore()
      proxy.release()
      await Promise.all([producer.close(), topics.close()])
      await proxy.close()
    },
  }
}
