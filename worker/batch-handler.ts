import { decodeRecord } from '../coupon/log/log-record.ts'
import type { Batch, StoredRecord } from '../platform/kafka/consumer.ts'
import { setTimeout as pass } from 'node:timers/promises'
import { backoff, type Wait } from '../platform/backoff.ts'
import { Failure, messageOf } from '../platform/failure.ts'
import type { Logger } from '../platform/log/logger.ts'
import type { DeadLetter } from '../coupon/log/dead-letter.ts'
import type { Recorded, Recorder } from '../coupon/ledger/recorder.ts'
import type { LoggedGrant, LogSlice } from '../coupon/ledger/log-slice.ts'
import type { RejectedGrant } from '../coupon/ledger/rejected-grant.ts'
import type { DeadLetterWriter } from './dead-letter-writer.ts'
import type { RowRateLimiter } from './row-rate-limiter.ts'
import type { PartitionProgress } from './partition-progress.ts'

export type BatchHandlerOptions = {
  recorder: Recorder
  deadLetterWriter: DeadLetterWriter
  progress: PartitionProgress
  log: Logger
  batchSizeMax: number
  /** How fast rows may go in; as fast as the ledger takes them when left out. */
  rateLimiter?: RowRateLimiter
  /** Real time when left out. */
  wait?: Wait
}

/** How long a partition rests when its first record can not be judged before other partitions have gone on. */
const undecidedPauseMs = 100
/** How long a partition rests while it is placed anew. */
const misplacedPauseMs = 100
/** Between two signs of life while something takes long; Kafka hears of one every heartbeatInterval at the most. */
const aliveEveryMs = 1_000
const retryFirstMs = 50
const retryMaxMs = 2_000

type Decoded = {
  stretch: LogSlice
  unreadable: DeadLetter[]
  byOffset: Map<number, StoredRecord>
  /** What was kept in an attempt that did not come to its commit, by offset: it is not kept twice. */
  kept: Map<number, DeadLetter['reason']>
}

const decode = (records: readonly StoredRecord[], first: StoredRecord, last: StoredRecord): Decoded => {
  const grants: LoggedGrant[] = []
  const unreadable: DeadLetter[] = []
  for (const record of records) {
    const decoded = decodeRecord(record.value)
    if (decoded.kind === 'grant') grants.push({ offset: record.offset, grant: decoded.grant })
    else if (decoded.kind !== 'marker')
      unreadable.push({ record, reason: decoded.kind, message: decoded.message })
  }
  const stretch = {
    partition: first.partition,
    startOffset: first.offset,
    endOffset: last.offset + 1,
    grants,
  }
  const byOffset = new Map(records.map((record) => [record.offset, record]))
  return { stretch, unreadable, byOffset, kept: new Map() }
}

/**
 * Keeps the membership of the group alive while `work` goes on: on a slow database one transaction takes longer than the group
 * waits for a member. A membership that was lost shows at the next heartbeat, which the caller awaits.
 */
const keptAlive = async <Result>(batch: Batch, work: () => Promise<Result>): Promise<Result> => {
  const beating = setInterval(() => void batch.heartbeat().catch(() => undefined), aliveEveryMs)
  try {
    return await work()
  } finally {
    clearInterval(beating)
  }
}

/** Waits in pieces, with the membership kept alive, and no longer than the batch is ours. */
const waitAlive = async (batch: Batch, milliseconds: number, wait: Wait): Promise<void> => {
  for (let leftMs = milliseconds; leftMs > 0 && batch.isCurrent(); leftMs -= aliveEveryMs) {
    await wait(Math.min(leftMs, aliveEveryMs))
    await batch.heartbeat()
  }
}

/**
 * log -> ledger: turns fetched records into rows. It never re-decides: what was granted is recorded.
 * While the database is away it waits here, inside the batch, with its membership of the group kept alive.
 */
export const createBatchHandler = (options: BatchHandlerOptions): ((batch: Batch) => Promise<void>) => {
  const { recorder, deadLetterWriter: deadLetters, progress, log, rateLimiter: pace, wait = pass } = options
  const chunkSizeMax = Math.min(options.batchSizeMax, pace?.burstRowsMax ?? options.batchSizeMax)

  const recordOnce = ({ stretch, unreadable, byOffset, kept }: Decoded): Promise<Recorded> =>
    recorder.record(stretch, async (broken: readonly RejectedGrant[], nextOffset) => {
      const found: DeadLetter[] = unreadable.filter(({ record }) => record.offset < nextOffset)
      for (const { offset, reason, message } of broken) {
        const record = byOffset.get(offset)
        if (record === undefined) throw new Failure('defect', `no record at ${offset}`)
        found.push({ record, reason, message })
      }
      const letters = found
        .filter(({ record, reason }) => kept.get(record.offset) !== reason)
        .sort((left, right) => left.record.offset - right.record.offset)
      if (letters.length === 0) return
      await deadLetters.write(letters)
      for (const { record, reason } of letters) kept.set(record.offset, reason)
      log.error(
        { partition: stretch.partition, letters: letters.length, first: letters[0]?.message },
        'records that can not be stored went to the dead letters',
      )
    })

  /** Tries until it is recorded, or until the batch is no longer ours (`undefined`). */
  const record = async (batch: Batch, decoded: Decoded): Promise<Recorded | undefined> => {
    for (let attempt = 1; batch.isCurrent(); attempt += 1) {
      try {
        return await keptAlive(batch, () => recordOnce(decoded))
      } catch (cause) {
        progress.failed('rows', messageOf(cause))
        if (attempt === 1 || attempt % 20 === 0)
          log.warn(
            { partition: batch.partition, attempt, cause: messageOf(cause) },
            'not recorded, trying again',
          )
      }
      await backoff(attempt, retryFirstMs, retryMaxMs, wait)
      await batch.heartbeat()
    }
    return undefined
  }

  return async (batch) => {
    let rest: readonly StoredRecord[] = batch.records
    for (;;) {
      const chunk = rest.slice(0, chunkSizeMax)
      const [first] = chunk
      const last = chunk.at(-1)
      if (first === undefined || last === undefined) return
      await waitAlive(batch, pace?.reserve(chunk.length) ?? 0, wait)
      const recorded = await record(batch, decode(chunk, first, last))
      if (recorded === undefined) return
      if (recorded.kind === 'undecided') {
        progress.succeeded('rows')
        return batch.pauseFor(undecidedPauseMs)
      }
      if (recorded.kind === 'elsewhere') {
        log.warn(
          { partition: batch.partition, fetched: first.offset, stored: recorded.nextOffset },
          'the ledger is elsewhere',
        )
        progress.misaligned(batch.partition)
        return batch.pauseFor(misplacedPauseMs)
      }
      progress.recorded(batch.partition, recorded.nextOffset)
      await batch.markProcessed(recorded.nextOffset)
      await batch.heartbeat()
      rest = rest.slice(recorded.nextOffset - first.offset)
    }
  }
}
