import type { Grant } from '../../../coupon/grant.ts'
import { encodeGrant } from '../../../coupon/log/log-record.ts'
import type { Batch, StoredRecord } from '../../../platform/kafka/consumer.ts'
import { createLogger } from '../../../platform/log/logger.ts'
import { type BatchHandlerOptions, createBatchHandler } from '../../../worker/batch-handler.ts'
import type { PartitionProgress } from '../../../worker/partition-progress.ts'

/** Records of one partition as the consumer gets them: grants, or other bytes. */
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
  const done = { committed: [] as number[], pauses: 0 }
  const batch: Batch = {
    ...{ partition: records[0]?.partition ?? 0, records, isCurrent: () => true },
    ...{ startOffset: records[0]?.offset ?? 0, endOffset: (records.at(-1)?.offset ?? -1) + 1 },
    markProcessed: (offset) => void done.committed.push(offset),
    pauseFor: () => void (done.pauses += 1),
    ...changes,
  }
  return { batch, done }
}

/** A batch handler whose progress is only recorded in `events`, without an alignment. */
export const openBatchHandler = (
  options: Pick<BatchHandlerOptions, 'recorder' | 'deadLetterWriter'> & Partial<BatchHandlerOptions>,
) => {
  const events: string[] = []
  const progress: Pick<PartitionProgress, 'recorded' | 'misaligned' | 'failed' | 'succeeded'> = {
    recorded: (_, nextOffset) => events.push(`recorded ${nextOffset}`),
    misaligned: () => events.push('misaligned'),
    failed: () => events.push('failed'),
    succeeded: () => undefined,
  }
  const handleBatch = createBatchHandler({
    ...{ log: createLogger('test', 'silent'), batchSizeMax: 1_000, progress: progress as PartitionProgress },
    ...options,
  })
  return { handleBatch, events }
}
