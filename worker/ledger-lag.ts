import { grantsTopic } from '../coupon/log/topics.ts'
import { messageOf } from '../platform/failure.ts'
import type { Batch, Consumer } from '../platform/kafka/consumer.ts'
import type { TopicAdmin } from '../platform/kafka/topic-admin.ts'
import type { Logger } from '../platform/log/logger.ts'
import type { Metrics } from '../platform/metrics/metrics.ts'
import type { PartitionProgress } from './partition-progress.ts'

type OnBatch = (batch: Batch) => Promise<void>

/** How far the ledger is behind the log, partition by partition, for those that this worker owns. */
export type LedgerLag = {
  /** The same recording: what it has in hand tells how old the oldest record without a row is. */
  watch(recording: OnBatch): OnBatch
  /** Asks the log for its ends. Never rejects: what is not known is not shown. */
  step(): Promise<void>
  /** For how long no partition that is behind has moved, and how long ago the log last told its ends. */
  stall(): { stillMs: number; untoldMs: number }
  show(consumer: Consumer, metrics: Metrics): void
}

export type LedgerLagOptions = {
  topics: Pick<TopicAdmin, 'offsets'>
  progress: Pick<PartitionProgress, 'positions'>
  log: Logger
  monotonicMs(): number
  now(): number
}

type RecordTime = { offset: number; timestampMs: number }

export const createLedgerLag = (options: LedgerLagOptions): LedgerLag => {
  const { progress, monotonicMs } = options
  /** What was fetched last, while it is recorded; then the first of it that was not. */
  const fetched = new Map<number, readonly RecordTime[]>()
  /** Since when a partition that is behind has not moved. */
  const still = new Map<number, { position: number; sinceMs: number }>()
  let ends = new Map<number, number>()
  let toldAtMs = monotonicMs()

  const recordsBehind = (partition: number): number | undefined => {
    const [position, end] = [progress.positions().get(partition), ends.get(partition)]
    return position === undefined || end === undefined ? undefined : Math.max(0, end - position)
  }

  const oldestOf = (partition: number): RecordTime | undefined => {
    const position = progress.positions().get(partition) ?? 0
    return fetched.get(partition)?.find(({ offset }) => offset >= position)
  }

  /**
   * The age of the oldest record without a row, by its own time and our clock; where none was fetched, the time for which the ledger
   * has not moved. A producer may have written any time: it never makes the answer negative.
   */
  const secondsBehind = (partition: number): number | undefined => {
    const records = recordsBehind(partition)
    if (records === undefined || records === 0) return records
    const oldest = oldestOf(partition)
    const ageMs = oldest === undefined ? 0 : options.now() - oldest.timestampMs
    const stillMs = monotonicMs() - (still.get(partition)?.sinceMs ?? monotonicMs())
    return Math.max(0, ageMs, stillMs) / 1_000
  }

  const noteStill = (partition: number): void => {
    const position = progress.positions().get(partition)
    const before = still.get(partition)
    if (position === undefined || recordsBehind(partition) === 0) still.delete(partition)
    else if (before?.position !== position) still.set(partition, { position, sinceMs: monotonicMs() })
  }

  return {
    watch: (recording) => async (batch) => {
      const { partition } = batch
      fetched.set(partition, batch.records)
      try {
        await recording(batch)
      } finally {
        const oldest = oldestOf(partition)
        // A number instead of the batch: what it held would stay in memory.
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
        toldAtMs = monotonicMs()
        for (const partition of ends.keys()) noteStill(partition)
      } catch (cause) {
        ends = new Map()
        options.log.debug({ cause: messageOf(cause) }, 'the ends of the log are not known')
      }
    },
    stall() {
      const nowMs = monotonicMs()
      // The latest to move counts: partitions are recorded one after the other, and behind a slow ledger each waits for the others.
      const since = [...still.values()].map(({ sinceMs }) => sinceMs)
      return { stillMs: since.length === 0 ? 0 : nowMs - Math.max(...since), untoldMs: nowMs - toldAtMs }
    },
    show(consumer, metrics) {
      const ofPartitions = (
        name: string,
        help: string,
        value: (partition: number) => number | undefined,
      ): void =>
        metrics.gauge({
          ...{ name, help },
          read: () =>
            consumer.assignedPartitions().flatMap((partition) => {
              const behind = value(partition)
              return behind === undefined ? [] : [{ labels: { partition }, value: behind }]
            }),
        })
      ofPartitions(
        'firstcome_ledger_behind_records',
        'Records of the log that the ledger does not have yet, of the partitions of this worker.',
        recordsBehind,
      )
      ofPartitions(
        'firstcome_ledger_behind_seconds',
        'Age of the oldest of them; 0 when there is none.',
        secondsBehind,
      )
      metrics.gauge({
        name: 'firstcome_ledger_partitions',
        help: 'Partitions of the log that this worker records; all workers together have to have all.',
        read: () => consumer.assignedPartitions().length,
      })
    },
  }
}
