import type { DeadLetter } from '../../../coupon/log/dead-letter.ts'
import { createPositions } from '../../../coupon/ledger/positions.ts'
import { createRecorder } from '../../../coupon/ledger/record.ts'
import { createConsumer } from '../../../platform/kafka/consumer.ts'
import { createTopics } from '../../../platform/kafka/topics.ts'
import { createLog } from '../../../platform/log/log.ts'
import type { Database } from '../../../platform/mysql/database.ts'
import { alignForEver, createProgress, type Progress } from '../../../worker/progress.ts'
import { createRecording } from '../../../worker/recording.ts'
import type { OwnTopic } from '../servers/topics.ts'
import { until } from '../values/until.ts'

/** A worker's recorder in this process: log -> ledger, over a topic and a database of the test's own. */
export type OwnRecorder = {
  /** Everything that could not be a row, in order. */
  readonly letters: readonly DeadLetter[]
  readonly progress: Progress
  /** Nothing more is recorded, until `release`. */
  hold(): void
  release(): void
  stop(): Promise<void>
}

export const startOwnRecorder = async (
  topic: Pick<OwnTopic, 'name' | 'kafka' | 'offsets'>,
  database: Database,
): Promise<OwnRecorder> => {
  const log = createLog('test', 'silent')
  const letters: DeadLetter[] = []
  let held = Promise.withResolvers<void>()
  held.resolve()
  const progress = createProgress({
    positions: createPositions(database),
    topics: { ...createTopics(topic.kafka), offsets: topic.offsets },
    log,
    onUnplaced: () => alignment.now(),
  })
  const recording = createRecording({
    ...{ recorder: createRecorder(database), progress, log, batchSizeMax: 1_000 },
    deadLetters: { keep: async (kept) => void letters.push(...kept) },
  })
  const consumer = createConsumer({
    ...{ kafka: topic.kafka, topic: topic.name, groupId: topic.name, log, onAssigned: progress.assigned },
    onCrash: (cause) => {
      throw cause
    },
  })
  const alignment = alignForEver(progress, consumer, {
    intervalMs: 100,
    onRefused: (reason) => {
      throw new Error(reason)
    },
  })
  await consumer.run(async (batch) => {
    await held.promise
    await recording(batch)
  })
  await until('the recorder is where the ledger stands', progress.isPlaced)
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
    },
  }
}
