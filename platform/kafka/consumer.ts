import { backoff } from '../backoff.ts'
import { Failure, messageOf } from '../failure.ts'
import type { KafkaCluster } from './client.ts'
import type { RecordHeaders } from './headers.ts'
import type { Logger } from '../log/logger.ts'

/** A record as it lies in the log. */
export type StoredRecord = {
  partition: number
  offset: number
  /** By the clock of the broker or of the producer, as the topic says. Whatever a producer wrote: it need not be a date. */
  timestampMs: number
  key: Buffer | null
  value: Buffer | null
  headers: RecordHeaders
}

export type Batch = {
  partition: number
  records: StoredRecord[]
  /** Keeps the membership of the group alive; what it throws has to propagate. */
  heartbeat(): Promise<void>
  /** Everything below `offset` was dealt with: fetch from there, and tell Kafka for lag tools. */
  markProcessed(offset: number): Promise<void>
  /** Fetch nothing of this partition for a while. */
  pauseFor(milliseconds: number): void
  /** False when the process is stopping or somebody else owns the partition by now. */
  isCurrent(): boolean
}

export type Consumer = {
  /**
   * Joins the group and hands every fetched batch to `onBatch`, one partition after the other. Waits for brokers that are away; rejects
   * with `refused` when they have no such topic.
   */
  run(onBatch: (batch: Batch) => Promise<void>): Promise<void>
  /** Partitions this member owns now. */
  assignedPartitions(): readonly number[]
  seek(partition: number, offset: number): void
  stop(): Promise<void>
}

export type ConsumerOptions = {
  kafka: KafkaCluster
  topic: string
  groupId: string
  log: Logger
  /** Called whenever partitions were handed to this member. */
  onAssigned(partitions: readonly number[]): void
  /** The consumer died inside and will not come back: the process has to go. */
  onCrash(cause: Error): void
}

const isMissingTopic = (cause: unknown): boolean =>
  cause instanceof Error &&
  (('type' in cause && cause.type === 'UNKNOWN_TOPIC_OR_PARTITION') || isMissingTopic(cause.cause))

/** kafkajs' consumer with nothing resolved and nothing committed behind our back. */
export const createConsumer = (options: ConsumerOptions): Consumer => {
  const { topic } = options
  const consumer = options.kafka.consumer({
    groupId: options.groupId,
    allowAutoTopicCreation: false,
    // How long the partitions of a worker that was killed stay with nobody; longer than a query may take.
    sessionTimeout: 10_000,
    rebalanceTimeout: 30_000,
    heartbeatInterval: 3_000,
    // A leader that moved is seen at once when the old one says so, and after this time when it is silent.
    metadataMaxAge: 30_000,
    maxBytesPerPartition: 1_048_576,
    // Small fetches cost every part behind them: a fetch waits for some 500 records of each of three partitions, but not longer than maxWaitTimeInMs.
    // Nobody waits for it: a gate shows its grants before the ledger has them. A stop waits for the long poll.
    minBytes: 300_000,
    maxWaitTimeInMs: 80,
    retry: { initialRetryTime: 100, maxRetryTime: 5_000, factor: 0.2, multiplier: 2, retries: 8 },
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
    if (payload.restart) options.log.warn({ cause: messageOf(payload.error) }, 'the consumer restarts')
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
          options.log.warn({ attempt, cause: messageOf(cause) }, 'Kafka does not answer, trying again')
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
            records: batch.messages.map((message) => ({
              partition,
              offset: Number(message.offset),
              timestampMs: Number(message.timestamp),
              key: message.key,
              value: message.value,
              headers: message.headers,
            })),
            heartbeat,
            async markProcessed(offset) {
              resolveOffset(String(offset - 1))
              await consumer
                .commitOffsets([{ topic, partition, offset: String(offset) }])
                .catch((cause: unknown) =>
                  options.log.debug(
                    { cause: messageOf(cause) },
                    'Kafka did not note the offset (lag tools only)',
                  ),
                )
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
    stop: () => consumer.disconnect(),
  }
}
