import type { Batch as KafkajsBatch } from 'kafkajs'
import { backoff } from '../backoff.ts'
import { Failure, messageOf } from '../failure.ts'
import type { Logger } from '../log/logger.ts'
import type { KafkaCluster } from './client.ts'
import type { RecordHeaders } from './headers.ts'
import { createOffsetCommits } from './offset-commits.ts'

/** A record of a topic. */
export type StoredRecord = {
  partition: number
  offset: number
  /**
   * By the clock of the broker or of the producer, as the topic is configured. A producer may have set any
   * number.
   */
  timestampMs: number
  key: Buffer | null
  value: Buffer | null
  headers: RecordHeaders
}

/**
 * What was fetched of one partition: everything from the offset that the broker was asked for up to, not
 * including, `endOffset`. Not every offset has a record: control records of transactions are left out, and
 * compaction leaves gaps. So a batch can have no record at all.
 */
export type Batch = {
  partition: number
  startOffset: number
  endOffset: number
  records: StoredRecord[]
  /** Keeps the group membership alive. Its errors must propagate to the consumer. */
  heartbeat(): Promise<void>
  /** All records below `offset` are processed. Kafka stores it later, for lag tools only. */
  markProcessed(offset: number): void
  /** Pauses fetching from this partition. */
  pauseFor(milliseconds: number): void
  /** False when the consumer is stopping or no longer owns the partition. */
  isCurrent(): boolean
}

export type Consumer = {
  /**
   * Joins the group and calls `onBatch` with every fetched batch, one partition at a time. Retries until the
   * brokers answer. Rejects with `refused` when the topic does not exist.
   */
  run(onBatch: (batch: Batch) => Promise<void>): Promise<void>
  /** The partitions that this member owns now. */
  assignedPartitions(): readonly number[]
  seek(partition: number, offset: number): void
  stop(): Promise<void>
}

export type ConsumerOptions = {
  kafka: KafkaCluster
  topic: string
  groupId: string
  log: Logger
  /** Called after each rebalance with the partitions of this member. */
  onAssigned(partitions: readonly number[]): void
  /** Called when kafkajs gave the consumer up: the process has to exit. */
  onCrash(cause: Error): void
}

/** A stop waits this long for the last commit. */
const lastCommitMs = 300

/** Its types leave out the offset that the broker was asked for. */
type FetchedBatch = KafkajsBatch & { fetchedOffset: string }

const isMissingTopic = (cause: unknown): boolean =>
  cause instanceof Error &&
  (('type' in cause && cause.type === 'UNKNOWN_TOPIC_OR_PARTITION') || isMissingTopic(cause.cause))

/** A kafkajs consumer that neither resolves nor commits offsets by itself. */
export const createConsumer = (options: ConsumerOptions): Consumer => {
  const { topic } = options
  const consumer = options.kafka.consumer({
    groupId: options.groupId,
    allowAutoTopicCreation: false,
    // How long the partitions of a killed worker have no owner. Longer than the timeout of a query.
    sessionTimeout: 10_000,
    rebalanceTimeout: 30_000,
    heartbeatInterval: 3_000,
    // A new leader is found at once when the old one says so, and after this time when the old one does not
    // answer. So are partitions that were added.
    metadataMaxAge: 10_000,
    // An open transaction of any client would stop the partition, until it ends.
    // safeguard: no open transaction stops a partition
    readUncommitted: true,
    maxBytesPerPartition: 1_048_576,
    // Small fetches are expensive for every part behind them. A fetch waits for about 500 records of each of
    // three partitions, but at most `maxWaitTimeInMs`. No shopper waits for it: a gate shows its grants
    // before the ledger. A stop waits for this long poll.
    minBytes: 300_000,
    maxWaitTimeInMs: 80,
    retry: { initialRetryTime: 100, maxRetryTime: 5_000, factor: 0.2, multiplier: 2, retries: 8 },
  })
  const commits = createOffsetCommits({
    commit: (offsets) =>
      consumer.commitOffsets(
        offsets.map(({ partition, offset }) => ({ topic, partition, offset: String(offset) })),
      ),
    onFailed: (cause) =>
      options.log.debug({ cause: messageOf(cause) }, 'Kafka did not store offsets (for lag tools only)'),
  })
  let partitions: readonly number[] = []
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    partitions = payload.memberAssignment[topic] ?? []
    options.onAssigned(partitions)
  })
  consumer.on(consumer.events.REBALANCING, () => {
    partitions = []
  })
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (payload.restart) options.log.warn({ cause: messageOf(payload.error) }, 'the Kafka consumer restarts')
    else options.onCrash(payload.error)
  })
  return {
    assignedPartitions: () => partitions,
    seek: (partition, offset) => consumer.seek({ topic, partition, offset: String(offset) }),
    async run(onBatch) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          await consumer.connect()
          await consumer.subscribe({ topic, fromBeginning: true })
          break
        } catch (cause) {
          if (isMissingTopic(cause))
            throw new Failure(
              'refused',
              `Kafka has no topic ${topic}: restore it, or create it (npm run migrate)`,
              {
                cause,
              },
            )
          options.log.warn(
            { attempt, cause: messageOf(cause) },
            'Kafka does not answer; the consumer retries',
          )
          await backoff(attempt, 100, 2_000)
        }
      }
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: async ({ batch, resolveOffset, heartbeat, isRunning, isStale, pause }) => {
          const { partition } = batch
          await onBatch({
            partition,
            // safeguard: a batch starts where the broker was asked
            startOffset: Number((batch as FetchedBatch).fetchedOffset),
            // safeguard: a batch ends after its control records
            endOffset: Number(batch.lastOffset()) + 1,
            records: batch.messages.map((message) => ({
              partition,
              offset: Number(message.offset),
              timestampMs: Number(message.timestamp),
              key: message.key,
              value: message.value,
              headers: message.headers,
            })),
            heartbeat,
            markProcessed(offset) {
              resolveOffset(String(offset - 1))
              commits.note(partition, offset)
            },
            pauseFor(milliseconds) {
              const resume = pause()
              setTimeout(resume, milliseconds)
            },
            isCurrent: () => isRunning() && !isStale() && partitions.includes(partition),
          })
        },
      })
    },
    async stop() {
      await commits.drained(lastCommitMs)
      await consumer.disconnect()
    },
  }
}
