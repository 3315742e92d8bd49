import { backoff } from '../backoff.ts'
import { Failure, messageOf } from '../failure.ts'
import type { KafkaCluster } from './client.ts'
import type { RecordHeaders } from './headers.ts'
import { createInternalCluster, readUncommitted } from './internal-cluster.ts'

/** A record of one partition. */
export type TopicRecord = {
  offset: number
  timestampMs: number
  key: Buffer | null
  value: Buffer | null
  headers: RecordHeaders
}

/** Reads ranges of a topic without a consumer group and without storing a position. */
export type TopicReader = {
  /**
   * Yields the records of one partition from `from` up to, but not including, `end`, in order, one fetch at a
   * time. Control records of transactions are left out, and an offset without a record is no fault: an array
   * may be empty. The partition must reach `end`. Rejects with `unavailable` when Kafka does not answer or no
   * longer has the records. A fetch has `fetchBytes` at most, or one batch: smaller ones hold up the process
   * for a shorter time each.
   */
  read(
    topic: string,
    partition: number,
    from: number,
    end: number,
    fetchBytes?: number,
  ): AsyncGenerator<TopicRecord[]>
  close(): Promise<void>
}

/** Records, and the offset up to which the partition was read. */
type Fetched = { records: TopicRecord[]; nextOffset: number }

const fetchBytesMax = 1_048_576
const fetchWaitMs = 200
const attemptsMax = 6

/** A reader that connects when first needed. */
export const createTopicReader = (kafka: KafkaCluster): TopicReader => {
  const cluster = createInternalCluster(kafka)

  /** `undefined`: the partition does not reach `end` yet. */
  const fetchOnce = async (
    topic: string,
    partition: number,
    offset: number,
    end: number,
    fetchBytes: number,
  ): Promise<Fetched | undefined> => {
    const leaders = cluster.findLeaderForPartitions(topic, [partition])
    const [nodeId] = Object.keys(leaders)
    if (nodeId === undefined) throw new Error(`partition ${partition} has no leader`)
    const broker = await cluster.findBroker({ nodeId })
    const { responses } = await broker.fetch({
      isolationLevel: readUncommitted,
      maxWaitTime: fetchWaitMs,
      minBytes: 1,
      maxBytes: fetchBytes,
      topics: [{ topic, partitions: [{ partition, fetchOffset: offset, maxBytes: fetchBytes }] }],
    })
    const [fetched] = responses.flatMap(({ partitions }) => partitions)
    if (fetched === undefined) return undefined
    const last = fetched.messages.at(-1)
    // One partition was asked for, and a fetch returns at least one batch: nothing lies between `offset` and
    // `end`.
    if (last === undefined)
      return Number(fetched.highWatermark) < end ? undefined : { records: [], nextOffset: end }
    const records = fetched.messages
      .filter(({ isControlRecord }) => !isControlRecord)
      .map(({ offset: text, timestamp, key, value, headers }) => ({
        offset: Number(text),
        timestampMs: Number(timestamp),
        key,
        value,
        headers,
      }))
      // A fetch returns whole batches, from the batch that contains the offset.
      .filter((record) => record.offset >= offset && record.offset < end)
    // safeguard: a reader moves past offsets without a record
    return { records, nextOffset: Math.max(offset, Number(last.offset)) + 1 }
  }

  /**
   * After an error, or while the partition does not reach `end`, it retries with new metadata: the leader may
   * have moved.
   */
  const fetch = async (
    topic: string,
    partition: number,
    offset: number,
    end: number,
    fetchBytes: number,
  ): Promise<Fetched> => {
    let reason = 'no record was fetched'
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      try {
        const fetched = await fetchOnce(topic, partition, offset, end, fetchBytes)
        if (fetched !== undefined) return fetched
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
    async *read(topic, partition, from, end, fetchBytes = fetchBytesMax) {
      if (from >= end) return
      await connect(topic)
      for (let offset = from; offset < end; ) {
        const { records, nextOffset } = await fetch(topic, partition, offset, end, fetchBytes)
        offset = nextOffset
        yield records
      }
    },
    async close() {
      if (connecting !== undefined) await cluster.disconnect()
    },
  }
}
