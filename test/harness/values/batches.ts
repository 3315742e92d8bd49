import type { Grant } from '../../../coupon/grant.ts'
import { encodeGrant } from '../../../coupon/log/log-record.ts'
import type { Batch, StoredRecord } from '../../../platform/kafka/consumer.ts'
import { createLog } from '../../../platform/log/log.ts'
import type { Progress } from '../../../worker/progress.ts'
import { createRecording, type RecordingOptions } from '../../../worker/recording.ts'

/** Records of one partition as Kafka hands them over: grants, or bytes that are none. */
export const recordsOf = (
  partition: number,
  values: readonly (Grant | Buffer | null)[],
  fromOffset = 0,
): StoredRecord[] =>
  values.map((value, index) => ({
    ...{ partition, offset: fromOffset + index, key: Buffer.from([0xff, index % 256]) },
    ...{ timestampMs: 1_700_000_000_000 + index, headers: {} },
    value: value === null || Buffer.isBuffer(value) ? value : Buffer.from(encodeGrant(value)),
  }))

/** A fetched batch, and what was done with it. */
export const batchOf = (records: StoredRecord[], changes: Partial<Batch> = {}) => {
  const done = { handled: [] as number[], heartbeats: 0, pauses: 0 }
  const batch: Batch = {
    ...{ partition: records[0]?.partition ?? 0, records, isCurrent: () => true },
    heartbeat: async () => void (done.heartbeats += 1),
    handled: async (offset) => void done.handled.push(offset),
    pauseFor: () => void (done.pauses += 1),
    ...changes,
  }
  return { batch, done }
}

/** A recording whose progress is only written down: placing a worker is another subject. */
export const openRecording = (
  options: Pick<RecordingOptions, 'recorder' | 'deadLetters'> & Partial<RecordingOptions>,
) => {
  const told: string[] = []
  const progress: Pick<Progress, 'reached' | 'misplaced' | 'waiting' | 'answers'> = {
    reached: (_, nextOffset) => told.push(`reached ${nextOffset}`),
    misplaced: () => told.push('misplaced'),
    waiting: () => told.push('waiting'),
    answers: () => undefined,
  }
  const recording = createRecording({
    ...{ log: createLog('test', 'silent'), batchSizeMax: 1_000, progress: progress as Progress },
    ...options,
  })
  return { recording, told }
}
