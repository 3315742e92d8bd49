import { grantsTopic } from '../coupon/log/topics.ts'
import { Failure, messageOf } from '../platform/failure.ts'
import type { Consumer } from '../platform/kafka/consumer.ts'
import type { PartitionOffsets, TopicAdmin } from '../platform/kafka/topic-admin.ts'
import type { Logger } from '../platform/log/logger.ts'
import type { PositionRepository } from '../coupon/ledger/positions.ts'

/** What is moved to where the ledger stands. */
export type SeekableConsumer = Pick<Consumer, 'assignedPartitions' | 'seek'>

/** What the ledger may refuse: to take rows, or to say where it stands. A read-only one refuses the first alone. */
export type LedgerOperation = 'rows' | 'place'

/** Where this process believes the ledger to be, partition by partition. */
export type PartitionProgress = {
  recorded(partition: number, nextOffset: number): void
  /** The next offset of every partition that was placed. */
  positions(): ReadonlyMap<number, number>
  /** What was fetched does not follow on what the ledger has: the place is looked up again. */
  misaligned(partition: number): void
  /** The ledger refuses this just now, and why; until it answers. */
  failed(what: LedgerOperation, reason: string): void
  succeeded(what: LedgerOperation): void
  /** Forgets what was believed of partitions that were handed to this process: the ledger says where they are. */
  assigned(partitions: readonly number[]): void
  /** True once every partition that this process owns was placed where the ledger stands, and the ledger takes rows. */
  isAligned(): boolean
  /** What `isPlaced` waits for, in words. */
  waitsFor(): string
  /**
   * Compares belief and ledger once, and moves the consumer to where the ledger stands.
   * Rejects with `refused` when that place is not in the log: records would be skipped without a word.
   */
  align(consumer: SeekableConsumer): Promise<void>
}

export type PartitionProgressOptions = {
  positions: PositionRepository
  topics: Pick<TopicAdmin, 'offsets'>
  log: Logger
  /** Told that `align` has work to do. */
  onMisaligned(): void
}

/** The log is asked where it ends this rarely: twice as many requests otherwise, for a topic that nobody deletes. */
const alignmentsToCheckLog = 5

export const createPartitionProgress = (options: PartitionProgressOptions): PartitionProgress => {
  const { positions, topics, log } = options
  const believed = new Map<number, number>()
  let owned: readonly number[] | undefined
  const refusals = new Map<LedgerOperation, string>()
  let alignments = 0
  const isWhole = (): boolean => owned !== undefined && owned.every((partition) => believed.has(partition))

  const answers = (what: LedgerOperation): void => {
    if (refusals.delete(what)) log.info({ what }, 'the ledger answers again')
  }

  const refuseOutside = (partition: number, at: number, held: readonly PartitionOffsets[]): void => {
    const offsets = held.find((one) => one.partition === partition)
    // safeguard: a position before the start of the log is refused
    // safeguard: a position beyond the end of the log is refused
    if (offsets === undefined || at < offsets.first || at > offsets.end)
      throw new Failure(
        'refused',
        `the ledger stands at ${at} of partition ${partition} of ${grantsTopic}, where the log holds ` +
          `${offsets === undefined ? 'nothing' : `${offsets.first} to ${offsets.end}`}: records would be skipped. ` +
          `Restore the topic, or the database that belongs to it`,
      )
  }

  /** A topic that was deleted and created anew has another end, and may bring no record that would tell. */
  const checkLog = async (stood: ReadonlyMap<number, number>): Promise<void> => {
    let offsets: PartitionOffsets[]
    try {
      offsets = await topics.offsets(grantsTopic)
    } catch (cause) {
      log.debug({ cause: messageOf(cause) }, 'the log was not compared with the ledger')
      return
    }
    // The log was asked after the ledger: what has not moved since then has to lie in it.
    for (const [partition, at] of stood)
      if (believed.get(partition) === at) refuseOutside(partition, at, offsets)
  }

  return {
    recorded(partition, nextOffset) {
      answers('rows')
      believed.set(partition, nextOffset)
    },
    positions: () => believed,
    misaligned(partition) {
      answers('rows')
      believed.delete(partition)
      options.onMisaligned()
    },
    failed(what, reason) {
      if (!refusals.has(what)) log.warn({ what, reason }, 'the ledger takes nothing; waiting')
      refusals.set(what, reason)
    },
    succeeded: answers,
    assigned(partitions) {
      owned = partitions
      // The batch that waited is let go: the next one tells.
      refusals.delete('rows')
      believed.clear()
      options.onMisaligned()
    },
    isAligned: () => refusals.size === 0 && isWhole(),
    waitsFor() {
      const [rows, place] = [refusals.get('rows'), refusals.get('place')]
      if (rows !== undefined) return `the ledger takes no rows: ${rows}`
      if (place !== undefined) return `the ledger does not say where it stands: ${place}`
      return owned === undefined ? 'joining the group of the workers' : 'looking up where the ledger stands'
    },
    async align(consumer) {
      const mine = consumer.assignedPartitions()
      if (mine.length === 0) return
      const before = new Map(believed)
      const stored = await positions.read(mine)
      answers('place')
      for (const partition of mine) {
        const at = stored.get(partition) ?? 0
        const belief = believed.get(partition)
        // It moved while we read: the next comparison tells.
        if (belief === at || belief !== before.get(partition)) continue
        refuseOutside(partition, at, await topics.offsets(grantsTopic))
        log.info({ partition, from: belief, to: at }, 'reading from where the ledger stands')
        // safeguard: the seek to the stored position
        consumer.seek(partition, at)
        believed.set(partition, at)
      }
      alignments += 1
      if (alignments % alignmentsToCheckLog === 0) await checkLog(before)
    },
  }
}

/** Aligns for ever, every `intervalMs`. A fault of a server is waited out, a refusal ends it. Returns how to stop. */
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
      else progress.failed('place', messageOf(cause))
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
