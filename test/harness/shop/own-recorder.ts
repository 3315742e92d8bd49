import { createPositionRepository } from '../../../coupon/ledger/positions.ts'
import { createRecorder } from '../../../coupon/ledger/recorder.ts'
import type { DeadLetter } from '../../../coupon/log/dead-letter.ts'
import { createConsumer } from '../../../platform/kafka/consumer.ts'
import { createTopicAdmin } from '../../../platform/kafka/topic-admin.ts'
import { createTopicReader } from '../../../platform/kafka/topic-reader.ts'
import { createLogger } from '../../../platform/log/logger.ts'
import type { Database } from '../../../platform/mysql/database.ts'
import { createBatchHandler } from '../../../worker/batch-handler.ts'
import {
  createPartitionProgress,
  type PartitionProgress,
  startAlignment,
} from '../../../worker/partition-progress.ts'
import type { OwnTopic } from '../servers/own-topic.ts'
import { until } from '../values/until.ts'

/** A worker's recorder in this process: log -> ledger, over a topic and a database of the test's own. */
export type OwnRecorder = {
  /** Everything that could not be a row, in order. */
  readonly letters: readonly DeadLetter[]
  readonly progress: PartitionProgress
  /** Nothing more is recorded, until `release`. */
  hold(): void
  release(): void
  stop(): Promise<void>
}

export const startOwnRecorder = async (
  topic: Pick<OwnTopic, 'name' | 'kafka' | 'offsets'>,
  database: Database,
  {
    batchSizeMax = 1_000,
    groupId = topic.name,
  }: { batchSizeMax?: number | undefined; groupId?: string } = {},
): Promise<OwnRecorder> => {
  const log = createLogger('test', 'silent')
  const letters: DeadLetter[] = []
  let held = Promise.withResolvers<void>()
  held.resolve()
  const reader = createTopicReader(topic.kafka)
  const progress = createPartitionProgress({
    positions: createPositionRepository(database),
    topics: { ...createTopicAdmin(topic.kafka), offsets: topic.offsets },
    reader: { read: (_, ...range) => reader.read(topic.name, ...range) },
    log,
    onMisaligned: () => alignment.now(),
  })
  const recording = createBatchHandler({
    ...{ recorder: createRecorder(database), progress, log, batchSizeMax },
    deadLetterWriter: { write: async (kept) => void letters.push(...kept) },
  })
  const consumer = createConsumer({
    ...{ kafka: topic.kafka, topic: topic.name, groupId, log },
    ...{ onAssigned: progress.assigned, onOutOfRange: progress.misaligned },
    onCrash: (cause) => {
      throw cause
    },
  })
  const alignment = startAlignment(progress, consumer, {
    intervalMs: 100,
    onRefused: (reason) => {
      throw new Error(reason)
    },
  })
  await consumer.run(async (batch) => {
    await held.promise
    await recording(batch)
  })
  await until('the recorder is where the ledger stands', progress.isAligned)
  return {
    ...{ letters, progress },
    hold() {
      held = Promise.withResolvers()
    },
    release: () => held.resolve(),
    async stop() {
      held.resolve()
      alignment.stop()
      await consumer.stop()
      await reader.close()
    },
  }
}
