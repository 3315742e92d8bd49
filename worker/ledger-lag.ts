import { grantsTopic } from '../coupon/log/topics.ts'
import { messageOf } from '../platform/failure.ts'
import type { Batch, Consumer } from '../platform/kafka/consumer.ts'
import type { TopicAdmin } from '../platform/kafka/topic-admin.ts'
import type { Logger } from '../platform/log/logger.ts'
import type { Metrics } from '../platform/metrics/metrics.ts'
import type { PartitionProgress } from './partition-progress.ts'

type BatchHandler = (batch: Batch) => Promise<void>

/** How far the ledger is behind Kafka, for each partition of this worker. */
export type LedgerLag = {
  /** Wraps the batch handler: the fetched records give the age of the oldest one without a row. */
  watch(handleBatch: BatchHandler): BatchHandler
  /** Reads the end offsets from Kafka. Never rejects; without ends the lag is unknown. */
  step(): Promise<void>
  /**
   * `stalledMs`: how long no partition that is behind has moved, 0 when none is. `endsAgeMs`: the age of the
   * end offsets.
   */
  stall(): { stalledMs: number; endsAgeMs: number }
  show(consumer: Pick<Consumer, 'assignedPartitions'>, metrics: Metrics): void
}

export type LedgerLagOptions = {
  topics: Pick<TopicAdmin, 'offsets'>
  progress: Pick<PartitionProgress, 'positions' | 'owns'>
  log: Logger
  monotonicMs(): number
  now(): number
}

type RecordTime = { offset: number; timestampMs: number }

export const createLedgerLag = (options: LedgerLagOptions): LedgerLag => {
  const { progress, monotonicMs } = options
  /** The records of the batch in progress; after it only the first one that was not recorded. */
  const fetched = new Map<number, readonly RecordTime[]>()
  /** The partitions that are behind, with the position at which each has stood since `sinceMs`. */
  const stalled = new Map<number, { position: number; sinceMs: number }>()
  let ends = new Map<number, number>()
  let endsReadAtMs = monotonicMs()

  const recordsBehind = (partition: number): number | undefined => {
    const [position, end] = [progress.positions().get(partition), ends.get(partition)]
    return position === undefined || end === undefined ? undefined : Math.max(0, end - position)
  }

  const oldestOf = (partition: number): RecordTime | undefined => {
    const position = progress.positions().get(partition) ?? 0
    return fetched.get(partition)?.find(({ offset }) => offset >= position)
  }

  /**
   * The age of the oldest record without a row, by its timestamp and our clock. When no record is fetched,
   * the time for which the position has not moved. A producer can have set any timestamp: the result is never
   * negative.
   */
  const secondsBehind = (partition: number): number | undefined => {
    const records = recordsBehind(partition)
    if (records === undefined || records === 0) return records
    const oldest = oldestOf(partition)
    const ageMs = oldest === undefined ? 0 : options.now() - oldest.timestampMs
    const stalledMs = monotonicMs() - (stalled.get(partition)?.sinceMs ?? monotonicMs())
    return Math.max(0, ageMs, stalledMs) / 1_000
  }

  const updateStalled = (partition: number): void => {
    const position = progress.positions().get(partition)
    const before = stalled.get(partition)
    if (!progress.owns(partition) || recordsBehind(partition) === 0) {
      stalled.delete(partition)
      return
    }
    // Unknown until the next alignment. A worker that is assigned its partitions again and again, and records
    // nothing, stalls all the same.
    // safeguard: an assignment is no progress
    if (position === undefined) return
    if (before?.position !== position) stalled.set(partition, { position, sinceMs: monotonicMs() })
  }

  return {
    watch: (handleBatch) => async (batch) => {
      const { partition } = batch
      fetched.set(partition, batch.records)
      try {
        await handleBatch(batch)
      } finally {
        const oldest = oldestOf(partition)
        // Copies two numbers: a reference to the record would keep its value in memory.
        fetched.set(
          partition,
          oldest === undefined ? [] : [{ offset: oldest.offset, timestampMs: oldest.timestampMs }],
        )
      }
    },
    async step() {
      try {
        const offsets = await options.topics.offsets(grantsTopic)
        ends = new Map(offsets.map(({ partition, end }) => [partition, end]))
        endsReadAtMs = monotonicMs()
        for (const partition of ends.keys()) updateStalled(partition)
      } catch (cause) {
        ends = new Map()
        options.log.debug({ cause: messageOf(cause) }, 'Kafka did not return its end offsets')
      }
    },
    stall() {
      const nowMs = monotonicMs()
      // The partition that moved last counts: partitions are recorded in turn, and with a slow ledger each
      // waits for the others.
      const since = [...stalled.values()].map(({ sinceMs }) => sinceMs)
      const stalledMs = since.length === 0 ? 0 : nowMs - Math.max(...since)
      return { stalledMs, endsAgeMs: nowMs - endsReadAtMs }
    },
    show(consumer, metrics) {
      const showByPartition = (
        name: string,
        help: string,
        valueOf: (partition: number) => number | undefined,
      ): void =>
        metrics.gauge({
          name,
          help,
          read: () =>
            consumer.assignedPartitions().flatMap((partition) => {
              const value = valueOf(partition)
              return value === undefined ? [] : [{ labels: { partition }, value }]
            }),
        })
      showByPartition(
        'firstcome_ledger_behind_records',
        'Offsets of the log that the ledger has not reached yet, by partition of this worker.',
        recordsBehind,
      )
      showByPartition(
        'firstcome_ledger_behind_seconds',
        'Age of the oldest of these records; 0 when there is none.',
        secondsBehind,
      )
      metrics.gauge({
        name: 'firstcome_ledger_partitions',
        help: 'Partitions that this worker records. The workers together must have all partitions.',
        read: () => consumer.assignedPartitions().length,
      })
    },
  }
}
