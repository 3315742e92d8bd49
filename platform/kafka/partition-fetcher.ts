import { setTimeout as sleep } from 'node:timers/promises'
import { backoff } from '../backoff.ts'
import { messageOf } from '../failure.ts'
import type { Logger } from '../log/logger.ts'
import { withTimeout } from '../with-timeout.ts'
import type { KafkaCluster } from './client.ts'
import { createInternalCluster, type FetchedRecord, readUncommitted } from './internal-cluster.ts'

/** What one fetch returned of one partition, from the offset that the broker was asked for. */
export type FetchedSlice = {
  partition: number
  fetchedOffset: number
  /** The record that ends it can be a control record. Never empty. */
  records: readonly FetchedRecord[]
  /** The next fetch begins at `offset`. */
  moveTo(offset: number): void
  /** Fetches nothing of the partition for this time. */
  pauseFor(milliseconds: number): void
  /** False when the fetcher stops, and when the partition was sought or dropped since. */
  isCurrent(): boolean
}

/** Fetches partitions from the brokers that lead them. It knows of no group. */
export type PartitionFetcher = {
  /** Rejects when no broker answers, or the topic does not exist. */
  connect(): Promise<void>
  /** Fetches until `stop`, whatever the brokers answer. One slice at a time, over all partitions. */
  start(onSlice: (slice: FetchedSlice) => Promise<void>): void
  /** Fetches this partition from this offset on. Nothing is fetched of a partition before its first seek. */
  seek(partition: number, offset: number): void
  /** Fetches none of its partitions any more, and resolves in `then`'s turn: when no slice is handled. */
  dropAll(then: () => void): void
  /** The partitions that the topic has. */
  partitionCount(): number
  stop(): Promise<void>
}

export type PartitionFetcherOptions = {
  kafka: KafkaCluster
  topic: string
  log: Logger
  /** Kafka has no such offset. The partition was dropped: it needs a seek. */
  onOutOfRange(partition: number): void
  /** `onSlice` threw. The fetcher has stopped. */
  onCrash(cause: Error): void
}

/** Where a partition stands. A seek makes another one, so what was fetched for the old one shows. */
type Place = { nextOffset: number; isPaused: boolean }

const fetchLimits = {
  // An open transaction of any client would stop the partition, until it ends.
  // safeguard: no open transaction stops a partition
  isolationLevel: readUncommitted,
  maxBytes: 10_485_760,
  // Small fetches are expensive for every part behind them. A fetch waits for about 500 records of each of
  // three partitions, but at most `maxWaitTime`. No shopper waits for it: a gate shows its grants before the
  // ledger. A stop waits for this long poll.
  minBytes: 300_000,
  maxWaitTime: 80,
}
const partitionBytesMax = 1_048_576
/** A broker from which nothing is to be fetched is looked at again after this time. */
const idleMs = 40
/**
 * A broker that is frozen answers nothing, and no error either: only new metadata names the next leader. They
 * show added partitions too.
 */
const metadataMaxAgeMs = 2_000
const metadataTimeoutMs = 2_000
const disconnectTimeoutMs = 500

const partitionOutOfRange = (cause: unknown): number | undefined =>
  cause instanceof Error && cause.name === 'KafkaJSOffsetOutOfRange' && 'partition' in cause
    ? Number(cause.partition)
    : undefined

export const createPartitionFetcher = (options: PartitionFetcherOptions): PartitionFetcher => {
  const { topic, log } = options
  const cluster = createInternalCluster(options.kafka)
  const places = new Map<number, Place>()
  const brokers = new Map<string, Promise<void>>()
  let isRunning = false
  let metadataDueAtMs = 0
  let turn = Promise.resolve()

  /** After all that was given before: slices are handled one at a time. */
  const inTurn = (work: () => Promise<void> | void): Promise<void> => {
    turn = turn.then(work).catch((cause: Error) => {
      isRunning = false
      options.onCrash(cause)
    })
    return turn
  }

  const sliceOf = (partition: number, place: Place, records: readonly FetchedRecord[]): FetchedSlice => ({
    partition,
    fetchedOffset: place.nextOffset,
    records,
    moveTo(offset) {
      place.nextOffset = offset
    },
    pauseFor(milliseconds) {
      place.isPaused = true
      setTimeout(() => {
        place.isPaused = false
      }, milliseconds).unref()
    },
    isCurrent: () => isRunning && places.get(partition) === place,
  })

  /** The partitions to fetch from a broker now, and where they stand. */
  const askOf = (nodeId: string): { partition: number; place: Place; fetchOffset: number }[] =>
    (cluster.findLeaderForPartitions(topic, [...places.keys()])[nodeId] ?? []).flatMap((partition) => {
      const place = places.get(partition)
      return place === undefined || place.isPaused
        ? []
        : [{ partition, place, fetchOffset: place.nextOffset }]
    })

  const fetchOnce = async (
    nodeId: string,
    onSlice: (slice: FetchedSlice) => Promise<void>,
  ): Promise<void> => {
    const asked = askOf(nodeId)
    if (asked.length === 0) {
      await sleep(idleMs)
      return
    }
    const broker = await cluster.findBroker({ nodeId })
    const partitions = asked.map(({ partition, fetchOffset }) => ({
      ...{ partition, fetchOffset, maxBytes: partitionBytesMax },
    }))
    const { responses } = await broker.fetch({ ...fetchLimits, topics: [{ topic, partitions }] })
    for (const { partition, messages } of responses.flatMap((response) => response.partitions)) {
      const { place, fetchOffset } = asked.find((one) => one.partition === partition) ?? {}
      if (place === undefined || messages.length === 0) continue
      await inTurn(() => {
        const slice = sliceOf(partition, place, messages)
        // A leader that was silent answers late: what the next one returned can have been handled by then.
        if (slice.isCurrent() && place.nextOffset === fetchOffset && !place.isPaused) return onSlice(slice)
      })
    }
  }

  const fetchFrom = async (
    nodeId: string,
    onSlice: (slice: FetchedSlice) => Promise<void>,
  ): Promise<void> => {
    let attempt = 0
    while (isRunning && cluster.getNodeIds().includes(nodeId)) {
      try {
        await fetchOnce(nodeId, onSlice)
        attempt = 0
      } catch (cause) {
        const partition = partitionOutOfRange(cause)
        if (partition !== undefined && places.delete(partition)) options.onOutOfRange(partition)
        log.debug({ nodeId, cause: messageOf(cause) }, 'a broker did not answer a fetch')
        metadataDueAtMs = 0
        attempt += 1
        await backoff(attempt, 50, 1_000)
      }
    }
  }

  /** One loop for each broker: one that does not answer holds up nothing of the others. */
  const superviseBrokers = async (onSlice: (slice: FetchedSlice) => Promise<void>): Promise<void> => {
    while (isRunning) {
      for (const nodeId of cluster.getNodeIds())
        if (!brokers.has(nodeId))
          brokers.set(
            nodeId,
            fetchFrom(nodeId, onSlice).finally(() => brokers.delete(nodeId)),
          )
      await sleep(100)
      if (performance.now() < metadataDueAtMs) continue
      metadataDueAtMs = performance.now() + metadataMaxAgeMs
      await withTimeout(cluster.refreshMetadata(), metadataTimeoutMs, 'no metadata').catch((cause: unknown) =>
        log.debug({ cause: messageOf(cause) }, 'Kafka did not return its metadata'),
      )
    }
  }

  return {
    async connect() {
      await cluster.connect()
      await cluster.addTargetTopic(topic)
    },
    start(onSlice) {
      isRunning = true
      void superviseBrokers(onSlice)
    },
    seek: (partition, nextOffset) => void places.set(partition, { nextOffset, isPaused: false }),
    dropAll(then) {
      places.clear()
      void inTurn(then)
    },
    partitionCount: () => cluster.findTopicPartitionMetadata(topic).length,
    async stop() {
      isRunning = false
      await turn
      await withTimeout(cluster.disconnect(), disconnectTimeoutMs, 'still connected').catch(() => undefined)
    },
  }
}
