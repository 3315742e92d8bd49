import { backoff } from '../backoff.ts'
import { Failure, messageOf } from '../failure.ts'
import type { KafkaCluster } from './client.ts'
import type { RecordHeaders } from './headers.ts'

/** A value as it lies in one partition, with what stands around it. */
export type TopicRecord = { offset: number; key: Buffer | null; value: Buffer | null; headers: RecordHeaders }

/** Reads a stretch of the log without a consumer group: nothing is noted anywhere, at the brokers or here. */
export type TopicReader = {
  /**
   * The records of one partition from `from` up to, not including, `end`, in order, a fetch at a time. `end` has to be in the log.
   * Rejects with `unavailable` when the log does not answer, or no longer has them.
   */
  read(topic: string, partition: number, from: number, end: number): AsyncGenerator<TopicRecord[]>
  close(): Promise<void>
}

/** The part of kafkajs' own cluster that a fetch needs. kafkajs' consumer cannot read without joining a group. */
type Cluster = {
  connect(): Promise<void>
  disconnect(): Promise<void>
  addTargetTopic(topic: string): Promise<void>
  refreshMetadata(): Promise<void>
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>
  findBroker(broker: { nodeId: string }): Promise<Broker>
}
type FetchedRecord = { offset: string; key: Buffer | null; value: Buffer | null; headers: RecordHeaders }
type Fetched = { partitions: { messages: FetchedRecord[] }[] }
type Broker = {
  fetch(request: {
    isolationLevel: number
    maxWaitTime: number
    minBytes: number
    maxBytes: number
    topics: { topic: string; partitions: { partition: number; fetchOffset: number; maxBytes: number }[] }[]
  }): Promise<{ responses: Fetched[] }>
}

const fetchBytesMax = 1_048_576
const fetchWaitMs = 200
const triesMax = 6
const readUncommitted = 0

/** kafkajs keeps how it makes a cluster under a symbol of its own; its version is pinned and checked (kafkajs.ts). */
const createCluster = (kafka: KafkaCluster): Cluster => {
  const make = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  )
  const create: unknown = make === undefined ? undefined : Reflect.get(kafka, make)
  if (typeof create !== 'function') throw new Failure('defect', 'kafkajs makes no cluster')
  return Reflect.apply(create, kafka, [{ metadataMaxAge: 60_000, allowAutoTopicCreation: false }]) as Cluster
}

/** A reader that is connected when first needed. */
export const createTopicReader = (kafka: KafkaCluster): TopicReader => {
  const cluster = createCluster(kafka)

  const fetchOnce = async (topic: string, partition: number, offset: number): Promise<TopicRecord[]> => {
    const leaders = cluster.findLeaderForPartitions(topic, [partition])
    const [nodeId] = Object.keys(leaders)
    if (nodeId === undefined) throw new Error(`partition ${partition} has no leader`)
    const broker = await cluster.findBroker({ nodeId })
    const { responses } = await broker.fetch({
      isolationLevel: readUncommitted,
      maxWaitTime: fetchWaitMs,
      minBytes: 1,
      maxBytes: fetchBytesMax,
      topics: [{ topic, partitions: [{ partition, fetchOffset: offset, maxBytes: fetchBytesMax }] }],
    })
    const messages = responses.flatMap(({ partitions }) => partitions.flatMap((one) => one.messages))
    // A fetch begins with the whole batch that the offset lies in.
    return messages
      .map(({ offset: text, key, value, headers }) => ({ offset: Number(text), key, value, headers }))
      .filter((message) => message.offset >= offset)
  }

  /** What a fetch brings; after a fault, or nothing, it asks again, by new metadata: the leader may have moved. */
  const fetch = async (topic: string, partition: number, offset: number): Promise<TopicRecord[]> => {
    let fault = 'nothing came'
    for (let attempt = 1; attempt <= triesMax; attempt += 1) {
      try {
        const values = await fetchOnce(topic, partition, offset)
        if (values.length > 0) return values
      } catch (cause) {
        fault = messageOf(cause)
      }
      await backoff(attempt, 100, 1_000)
      await cluster.refreshMetadata().catch((cause: unknown) => {
        fault = messageOf(cause)
      })
    }
    throw new Failure('unavailable', `Kafka: offset ${offset} of partition ${partition}: ${fault}`)
  }

  let connecting: Promise<void> | undefined
  const connected = async (topic: string): Promise<void> => {
    connecting ??= cluster.connect()
    try {
      await connecting
      await cluster.addTargetTopic(topic)
    } catch (cause) {
      connecting = undefined
      throw new Failure('unavailable', `Kafka: ${messageOf(cause)}`, { cause })
    }
  }

  return {
    async *read(topic, partition, from, end) {
      if (from >= end) return
      await connected(topic)
      for (let offset = from; offset < end; ) {
        const values = await fetch(topic, partition, offset)
        offset = (values.at(-1)?.offset ?? offset) + 1
        yield offset <= end ? values : values.filter((value) => value.offset < end)
      }
    },
    async close() {
      if (connecting !== undefined) await cluster.disconnect()
    },
  }
}
