import { setTimeout as sleep } from 'node:timers/promises'
import type { LoggedGrant, LogSlice } from '../coupon/ledger/log-slice.ts'
import type { Recorded, Recorder } from '../coupon/ledger/recorder.ts'
import type { RejectedGrant } from '../coupon/ledger/rejected-grant.ts'
import type { DeadLetter } from '../coupon/log/dead-letter.ts'
import { decodeRecord } from '../coupon/log/log-record.ts'
import { digestRecord } from '../coupon/log/record-digest.ts'
import { backoff, type Wait } from '../platform/backoff.ts'
import { Failure, messageOf } from '../platform/failure.ts'
import type { Batch, StoredRecord } from '../platform/kafka/consumer.ts'
import type { Logger } from '../platform/log/logger.ts'
import type { DeadLetterWriter } from './dead-letter-writer.ts'
import type { PartitionProgress } from './partition-progress.ts'
import type { RowRateLimiter } from './row-rate-limiter.ts'

export type BatchHandlerOptions = {
  recorder: Recorder
  deadLetterWriter: DeadLetterWriter
  progress: PartitionProgress
  log: Logger
  /** The most records of one transaction. */
  batchSizeMax: number
  /** No limit by default. */
  rateLimiter?: RowRateLimiter
  /** Real time by default. */
  wait?: Wait
}

/** The pause of a partition whose first record cannot be judged before other partitions have moved on. */
const undecidedPauseMs = 100
/** The pause of a partition until its next alignment. */
const misalignedPauseMs = 100
/** The longest time for which a batch that is no longer ours goes on waiting. */
const waitStepMs = 1_000
const retryFirstMs = 50
const retryMaxMs = 2_000

type DecodedBatch = {
  slice: LogSlice
  unreadable: DeadLetter[]
  byOffset: Map<number, StoredRecord>
  /**
   * Letters that an attempt wrote before its commit failed, by offset: the next attempt does not write them
   * again.
   */
  written: Map<number, DeadLetter['reason']>
}

/** The records of a chunk, which ends at `endOffset`: offsets without a record belong to it too. */
const decode = (
  partition: number,
  records: readonly StoredRecord[],
  startOffset: number,
  endOffset: number,
): DecodedBatch => {
  const grants: LoggedGrant[] = []
  const unreadable: DeadLetter[] = []
  for (const record of records) {
    const decoded = decodeRecord(record.value)
    if (decoded.kind === 'grant') grants.push({ offset: record.offset, grant: decoded.grant })
    else if (decoded.kind !== 'marker')
      unreadable.push({ record, reason: decoded.kind, message: decoded.message })
  }
  const slice: LogSlice = {
    partition,
    startOffset,
    endOffset,
    grants,
    lastRecordBelow: (end) => {
      const last = records.findLast(({ offset }) => offset < end)
      return last === undefined ? undefined : { offset: last.offset, digest: digestRecord(last) }
    },
  }
  const byOffset = new Map(records.map((record) => [record.offset, record]))
  return { slice, unreadable, byOffset, written: new Map() }
}

/** Waits, and stops early when the batch is no longer ours. */
const waitWhileCurrent = async (batch: Batch, milliseconds: number, wait: Wait): Promise<void> => {
  for (let leftMs = milliseconds; leftMs > 0 && batch.isCurrent(); leftMs -= waitStepMs)
    await wait(Math.min(leftMs, waitStepMs))
}

/**
 * Creates the handler that records fetched batches in the ledger. It never re-decides: every grant is
 * recorded. While the database is unavailable it retries inside the batch, for as long as the batch is ours.
 */
export const createBatchHandler = (options: BatchHandlerOptions): ((batch: Batch) => Promise<void>) => {
  const { recorder, deadLetterWriter, progress, log, rateLimiter, wait = sleep } = options
  const chunkSizeMax = Math.min(options.batchSizeMax, rateLimiter?.burstRowsMax ?? options.batchSizeMax)

  const recordOnce = ({ slice, unreadable, byOffset, written }: DecodedBatch): Promise<Recorded> =>
    recorder.record(slice, async (rejected: readonly RejectedGrant[], nextOffset) => {
      const found: DeadLetter[] = unreadable.filter(({ record }) => record.offset < nextOffset)
      for (const { offset, reason, message } of rejected) {
        const record = byOffset.get(offset)
        if (record === undefined) throw new Failure('defect', `the batch has no record at offset ${offset}`)
        found.push({ record, reason, message })
      }
      const letters = found
        .filter(({ record, reason }) => written.get(record.offset) !== reason)
        .sort((left, right) => left.record.offset - right.record.offset)
      if (letters.length === 0) return
      await deadLetterWriter.write(letters)
      for (const { record, reason } of letters) written.set(record.offset, reason)
      log.error(
        { partition: slice.partition, letters: letters.length, first: letters[0]?.message },
        'records cannot be stored; the worker wrote them to the dead letters',
      )
    })

  /** Retries until the batch is recorded, or is no longer ours (`undefined`). */
  const record = async (batch: Batch, decoded: DecodedBatch): Promise<Recorded | undefined> => {
    for (let attempt = 1; batch.isCurrent(); attempt += 1) {
      try {
        return await recordOnce(decoded)
      } catch (cause) {
        progress.failed('rows', messageOf(cause))
        if (attempt === 1 || attempt % 20 === 0)
          log.warn(
            { partition: batch.partition, attempt, cause: messageOf(cause) },
            'the batch was not recorded; the worker retries',
          )
      }
      await backoff(attempt, retryFirstMs, retryMaxMs, wait)
    }
    return undefined
  }

  return async (batch) => {
    const { partition } = batch
    let rest: readonly StoredRecord[] = batch.records
    let position = batch.startOffset
    while (position < batch.endOffset) {
      const chunk = rest.slice(0, chunkSizeMax)
      const endOffset = rest[chunk.length]?.offset ?? batch.endOffset
      await waitWhileCurrent(batch, rateLimiter?.reserve(chunk.length) ?? 0, wait)
      const recorded = await record(batch, decode(partition, chunk, position, endOffset))
      if (recorded === undefined) return
      if (recorded.kind === 'undecided') {
        progress.succeeded('rows')
        return batch.pauseFor(undecidedPauseMs)
      }
      if (recorded.kind === 'elsewhere') {
        log.warn(
          { partition, fetched: position, stored: recorded.nextOffset },
          'the fetched records do not follow the position of the ledger',
        )
        progress.misaligned(partition)
        return batch.pauseFor(misalignedPauseMs)
      }
      const { nextOffset } = recorded
      progress.recorded(partition, nextOffset)
      batch.markProcessed(nextOffset)
      position = nextOffset
      // By offset, not by count: not every offset has a record.
      // safeguard: records are dropped by offset
      const done = rest.findIndex(({ offset }) => offset >= nextOffset)
      rest = done === -1 ? [] : rest.slice(done)
    }
  }
}
