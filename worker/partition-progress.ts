import type { PositionRepository } from '../coupon/ledger/positions.ts'
import { grantsTopic } from '../coupon/log/topics.ts'
import { Failure, messageOf } from '../platform/failure.ts'
import type { Consumer } from '../platform/kafka/consumer.ts'
import type { PartitionOffsets, TopicAdmin } from '../platform/kafka/topic-admin.ts'
import type { TopicReader } from '../platform/kafka/topic-reader.ts'
import type { Logger } from '../platform/log/logger.ts'
import { refuseOtherLog, refuseOutside } from './recorded-log.ts'

/** The part of a consumer that the alignment needs. */
export type SeekableConsumer = Pick<Consumer, 'assignedPartitions' | 'seek'>

/**
 * What can fail at the ledger: storing rows, reading its positions. At a read-only database only the first
 * fails.
 */
export type LedgerOperation = 'rows' | 'positions'

const failureTexts: Record<LedgerOperation, string> = {
  rows: 'the ledger cannot store rows',
  positions: 'the positions of the ledger cannot be read',
}

/**
 * The position of the ledger in each partition, as this process knows it. A partition is aligned when the
 * consumer reads from the position that the ledger has stored.
 */
export type PartitionProgress = {
  /** Rows up to `nextOffset` were recorded. */
  recorded(partition: number, nextOffset: number): void
  /** The next offset of every aligned partition. */
  positions(): ReadonlyMap<number, number>
  /** The fetched records do not follow the ledger's position: the partition needs another alignment. */
  misaligned(partition: number): void
  /** An operation at the ledger failed, for this reason, and will be retried. */
  failed(operation: LedgerOperation, reason: string): void
  succeeded(operation: LedgerOperation): void
  /** This process got these partitions in a rebalance. All positions are unknown until the next alignment. */
  assigned(partitions: readonly number[]): void
  /** True when all partitions of this process are aligned and no operation at the ledger fails. */
  isAligned(): boolean
  /** This process has the partition, by the last rebalance. */
  owns(partition: number): boolean
  /** Why `isAligned` is false, in words. */
  waitsFor(): string
  /**
   * Compares the known positions with those of the ledger, and moves the consumer where they differ. Rejects
   * with `refused` when Kafka does not have the position, or another record before it: records would be
   * skipped silently.
   */
  align(consumer: SeekableConsumer): Promise<void>
}

export type PartitionProgressOptions = {
  positions: PositionRepository
  topics: Pick<TopicAdmin, 'offsets'>
  reader: Pick<TopicReader, 'read'>
  log: Logger
  /** Called when a partition needs an alignment. */
  onMisaligned(): void
}

/**
 * Only every fifth alignment compares with Kafka: it takes a second request, for a topic that is hardly ever
 * deleted.
 */
const alignmentsPerKafkaCheck = 5

export const createPartitionProgress = (options: PartitionProgressOptions): PartitionProgress => {
  const { positions, topics, log } = options
  const known = new Map<number, number>()
  let owned: readonly number[] | undefined
  const failures = new Map<LedgerOperation, string>()
  let alignments = 0

  const succeeded = (operation: LedgerOperation): void => {
    if (failures.delete(operation)) log.info({ operation }, 'the ledger works again')
  }

  /**
   * A topic that was deleted and created again has other offsets, and perhaps no record that would show it.
   */
  const checkKafka = async (before: ReadonlyMap<number, number>): Promise<void> => {
    let offsets: PartitionOffsets[]
    try {
      offsets = await topics.offsets(grantsTopic)
    } catch (cause) {
      log.debug({ cause: messageOf(cause) }, 'the positions were not compared with Kafka')
      return
    }
    // Only positions that did not move since they were read: these must lie within the offsets read later.
    for (const [partition, at] of before)
      if (known.get(partition) === at) refuseOutside(partition, at, offsets)
  }

  return {
    recorded(partition, nextOffset) {
      succeeded('rows')
      known.set(partition, nextOffset)
    },
    positions: () => known,
    misaligned(partition) {
      succeeded('rows')
      known.delete(partition)
      options.onMisaligned()
    },
    failed(operation, reason) {
      if (!failures.has(operation)) log.warn({ reason }, `${failureTexts[operation]}; the worker retries`)
      failures.set(operation, reason)
    },
    succeeded,
    assigned(partitions) {
      owned = partitions
      // The batch that failed is dropped; the next one shows whether rows can be stored.
      failures.delete('rows')
      known.clear()
      options.onMisaligned()
    },
    isAligned: () => failures.size === 0 && owned?.every((partition) => known.has(partition)) === true,
    owns: (partition) => owned?.includes(partition) === true,
    waitsFor() {
      for (const operation of ['rows', 'positions'] as const) {
        const reason = failures.get(operation)
        if (reason !== undefined) return `${failureTexts[operation]}: ${reason}`
      }
      return owned === undefined ? 'joining the consumer group' : 'reading the positions of the ledger'
    },
    async align(consumer) {
      const partitions = consumer.assignedPartitions()
      if (partitions.length === 0) return
      const before = new Map(known)
      const stored = await positions.read(partitions)
      succeeded('positions')
      // A position that moved during the read is compared next time.
      const apart = partitions.filter((partition) => {
        const knownAt = known.get(partition)
        return knownAt !== (stored.get(partition) ?? 0) && knownAt === before.get(partition)
      })
      if (apart.length > 0) {
        const [kept, lasts] = await Promise.all([topics.offsets(grantsTopic), positions.lastRecords(apart)])
        for (const partition of apart) refuseOutside(partition, stored.get(partition) ?? 0, kept)
        await Promise.all(
          [...lasts].map(([partition, last]) => refuseOtherLog(options.reader, partition, last, kept)),
        )
      }
      for (const partition of apart) {
        const at = stored.get(partition) ?? 0
        const knownAt = known.get(partition)
        // It moved, or was assigned again, while Kafka was asked.
        if (knownAt !== before.get(partition) || !consumer.assignedPartitions().includes(partition)) continue
        log.info({ partition, from: knownAt, to: at }, 'the consumer moves to the position of the ledger')
        // safeguard: the seek to the stored position
        consumer.seek(partition, at)
        known.set(partition, at)
      }
      alignments += 1
      if (alignments % alignmentsPerKafkaCheck === 0) await checkKafka(before)
    },
  }
}

/**
 * Aligns every `intervalMs`, and at once on `now`, until `stop`. An error of a server is retried; a refused
 * position calls `onRefused`.
 */
export const startAlignment = (
  progress: PartitionProgress,
  consumer: SeekableConsumer,
  options: { intervalMs: number; onRefused(reason: string): void },
): { now(): void; stop(): void } => {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let running = false
  const align = async (): Promise<void> => {
    if (running || stopped) return
    running = true
    clearTimeout(timer)
    try {
      await progress.align(consumer)
    } catch (cause) {
      if (cause instanceof Failure && cause.code === 'refused') options.onRefused(cause.message)
      else progress.failed('positions', messageOf(cause))
    }
    running = false
    if (!stopped) timer = setTimeout(() => void align(), options.intervalMs)
  }
  return {
    now: () => void align(),
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
