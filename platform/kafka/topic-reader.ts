import { backoff } from '../backoff.ts'
import { Failure, messageOf } from '../failure.ts'
import type { KafkaCluster } from './client.ts'
import type { RecordHeaders } from './headers.ts'

/** A record of one partition. */
export type TopicRecord = { offset: number; key: Buffer | null; value: Buffer | null; headers: RecordHeaders }

/** Reads ranges of a topic without a consumer group and without storing a position. */
export type TopicReader = {
  /**
   * Yields the records of one partition from `from` up to, but not including, `end`, in order, one fetch at a
   * time. The partition must reach `end`. Rejects with `unavailable` when Kafka does not answer or no longer
   * has the records.
   */
  read(topic: string, partition: number, from: number, end: number): AsyncGenerator<TopicRecord[]>
  close(): Promise<void>
}

/**
 * The part of kafkajs' internal cluster that a fetch needs: its consumer cannot read without joining a group.
 */
type FetchCluster = {
  connect(): Promise<void>
  disconnect(): Promise<void>
  addTargetTopic(topic: string): Promise<void>
  refreshMetadata(): Promise<void>
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>
  findBroker(broker: { nodeId: string }): Promise<Broker>
}
type FetchedRecord = { offset: string; key: Buffer | null; value: Buffer | null; headers: RecordHeaders }
type FetchedTopic = { partitions: { messages: FetchedRecord[] }[] }
type Broker = {
  fetch(request: {
    isolationLevel: number
    maxWaitTime: number
    minBytes: number
    maxBytes: number
    topics: { topic: string; partitions: { partition: number; fetchOffset: number; maxBytes: number }[] }[]
  }): Promise<{ responses: FetchedTopic[] }>
}

const fetchBytesMax = 1_048_576
const fetchWaitMs = 200
const attemptsMax = 6
const readUncommitted = 0

/** kafkajs has its cluster factory under a private symbol. Its version is pinned and checked (kafkajs.ts). */
const createCluster = (kafka: KafkaCluster): FetchCluster => {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  )
  const create: unknown = symbol === undefined ? undefined : Reflect.get(kafka, symbol)
  if (typeof create !== 'function') throw new Failure('defect', 'kafkajs has no cluster factory')
  return Reflect.apply(create, kafka, [
    { metadataMaxAge: 60_000, allowAutoTopicCreation: false },
  ]) as FetchCluster
}

/** A reader that connects when first needed. */
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
    // A fetch returns whole batches, from the batch that contains the offset.
    return messages
      .map(({ offset: text, key, value, headers }) => ({ offset: Number(text), key, value, headers }))
      .filter((message) => message.offset >= offset)
  }

  /**
   * Fetches at least one record. After an error or an empty fetch it retries with new metadata: the leader
   * may have moved.
   */
  const fetch = async (topic: string, partition: number, offset: number): Promise<TopicRecord[]> => {
    let reason = 'no record was fetched'
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      try {
        const values = await fetchOnce(topic, partition, offset)
        if (values.length > 0) return values
      } catch (cause) {
        reason = messageOf(cause)
      }
      await backoff(attempt, 100, 1_000)
      await cluster.refreshMetadata().catch((cause: unknown) => {
        reason = messageOf(cause)
      })
    }
    throw new Failure('unavailable', `Kafka: offset ${offset} of partition ${partition}: ${reason}`)
  }

  let connecting: Promise<void> | undefined
  const connect = async (topic: string): Promise<void> => {
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
      await connect(topic)
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
