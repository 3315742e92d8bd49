import { backoff } from '../backoff.ts'
import { Failure, messageOf } from '../failure.ts'
import type { Logger } from '../log/logger.ts'
import type { KafkaCluster } from './client.ts'
import { createGroupMember } from './group-member.ts'
import type { RecordHeaders } from './headers.ts'
import { createOffsetCommits } from './offset-commits.ts'
import { createPartitionFetcher, type FetchedSlice } from './partition-fetcher.ts'

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
  /** All records below `offset` are processed. Kafka stores it later, for lag tools only. */
  markProcessed(offset: number): void
  /** Pauses fetching from this partition. */
  pauseFor(milliseconds: number): void
  /** False when the consumer is stopping, after a seek, and when the partitions were assigned anew. */
  isCurrent(): boolean
}

export type Consumer = {
  /**
   * Calls `onBatch` with every fetched batch, one at a time, and joins the group beside it. Retries until the
   * brokers answer. Rejects with `refused` when the topic does not exist.
   */
  run(onBatch: (batch: Batch) => Promise<void>): Promise<void>
  /** The partitions that this member owns now. */
  assignedPartitions(): readonly number[]
  /**
   * Fetches from this offset on; all records below it are processed. Nothing of a partition is fetched before
   * its first seek after an assignment.
   */
  seek(partition: number, offset: number): void
  stop(): Promise<void>
}

export type ConsumerOptions = {
  /** Its timeout of a request is how long a frozen broker goes unnoticed. */
  kafka: KafkaCluster
  topic: string
  groupId: string
  log: Logger
  /** Called after each rebalance with the partitions of this member. */
  onAssigned(partitions: readonly number[]): void
  /** Kafka does not have the offset that the partition was to be fetched from: it needs another seek. */
  onOutOfRange(partition: number): void
  /** Called when `onBatch` threw, or the group refused this member: the process has to exit. */
  onCrash(cause: Error): void
}

/** A stop waits this long for the last commit. */
const lastCommitMs = 300

const isMissingTopic = (cause: unknown): boolean =>
  cause instanceof Error &&
  (('type' in cause && cause.type === 'UNKNOWN_TOPIC_OR_PARTITION') || isMissingTopic(cause.cause))

const recordsOf = ({ partition, fetchedOffset, records }: FetchedSlice): StoredRecord[] =>
  records
    // A fetch returns whole batches, from the one that has the offset.
    .filter(({ offset, isControlRecord }) => !isControlRecord && Number(offset) >= fetchedOffset)
    .map(({ offset, timestamp, key, value, headers }) => ({
      ...{ partition, offset: Number(offset), timestampMs: Number(timestamp), key, value, headers },
    }))

/**
 * Reads the partitions that its group assigns. Group and fetching are apart: while the broker that
 * coordinates the group is away, everything that was assigned is still read. Two members can read one
 * partition then; the ledger's own position makes that safe (docs/protocol.md, section 3).
 */
export const createConsumer = (options: ConsumerOptions): Consumer => {
  const { kafka, topic, groupId, log } = options
  let partitions: readonly number[] = []
  const fetcher = createPartitionFetcher({
    ...{ kafka, topic, log, onOutOfRange: options.onOutOfRange, onCrash: options.onCrash },
  })
  const member = createGroupMember({
    ...{ kafka, topic, groupId, log, partitionCount: fetcher.partitionCount },
    onAssigned(assigned) {
      partitions = []
      fetcher.dropAll(() => {
        partitions = assigned
        commits.forget()
        options.onAssigned(assigned)
      })
    },
    onAlive: () => commits.retry(),
    onRefused: options.onCrash,
  })
  const commits = createOffsetCommits({
    commit: member.commit,
    onFailed: (cause) =>
      log.debug({ cause: messageOf(cause) }, 'Kafka did not store offsets (for lag tools only)'),
  })
  const batchOf = (slice: FetchedSlice): Batch => {
    const { partition, isCurrent } = slice
    return {
      partition,
      // safeguard: a batch starts where the broker was asked
      startOffset: slice.fetchedOffset,
      // safeguard: a batch ends after its control records
      endOffset: Number(slice.records.at(-1)?.offset) + 1,
      records: recordsOf(slice),
      markProcessed(offset) {
        if (!isCurrent()) return
        slice.moveTo(offset)
        commits.note(partition, offset)
      },
      pauseFor: slice.pauseFor,
      isCurrent,
    }
  }
  return {
    assignedPartitions: () => partitions,
    seek(partition, offset) {
      if (!partitions.includes(partition)) return
      fetcher.seek(partition, offset)
      // A member before may have processed the last records, and lost its place before it stored that.
      // safeguard: the offset of a seek is stored in the group
      commits.note(partition, offset)
    },
    async run(onBatch) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          await fetcher.connect()
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
          log.warn({ attempt, cause: messageOf(cause) }, 'Kafka does not answer; the consumer retries')
          await backoff(attempt, 100, 2_000)
        }
      }
      fetcher.start((slice) => onBatch(batchOf(slice)))
      member.start()
    },
    async stop() {
      await fetcher.stop()
      await commits.drained(lastCommitMs)
      await member.leave()
    },
  }
}
