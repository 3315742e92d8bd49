import type { Batch, StoredRecord } from '../platform/kafka-consumer.ts'
import { backoff } from '../platform/backoff.ts'
import { Failure, messageOf } from '../platform/failure.ts'
import type { Log } from '../platform/log.ts'
import type { DeadLetter } from '../coupon/dead-letter.ts'
import { decodeRecord } from '../coupon/grant.ts'
import type { Recorded, Recorder } from '../coupon/ledger/record.ts'
import type { Broken, GrantAt, Stretch } from '../coupon/ledger/stretch.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { Progress } from './progress.ts'

export type RecordingOptions = {
  recorder: Recorder
  deadLetters: DeadLetters
  progress: Progress
  log: Log
  batchSizeMax: number
}

/** How long a partition rests when its first record can not be judged before other partitions have gone on. */
const undecidedPauseMs = 100
/** How long a partition rests while it is placed anew. */
const misplacedPauseMs = 100
const retryFirstMs = 50
const retryMaxMs = 2_000

type Decoded = {
  stretch: Stretch
  unreadable: DeadLetter[]
  byOffset: Map<number, StoredRecord>
  /** What was kept in an attempt that did not come to its commit, by offset: it is not kept twice. */
  kept: Map<number, DeadLetter['reason']>
}

const decode = (records: readonly StoredRecord[], first: StoredRecord, last: StoredRecord): Decoded => {
  const grants: GrantAt[] = []
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
 * log -> ledger: turns fetched records into rows. It never re-decides: what was granted is recorded.
 * While the database is away it waits here, inside the batch, with its membership of the group kept alive.
 */
export const createRecording = (options: RecordingOptions): ((batch: Batch) => Promise<void>) => {
  const { recorder, deadLetters, progress, log } = options

  const recordOnce = ({ stretch, unreadable, byOffset, kept }: Decoded): Promise<Recorded> =>
    recorder.record(stretch, async (broken: readonly Broken[], nextOffset) => {
      const found: DeadLetter[] = unreadable.filter(({ record }) => record.offset < nextOffset)
      for (const { offset, reason, message } of broken) {
        const record = byOffset.get(offset)
        if (record === undefined) throw new Failure('defect', `no record at ${offset}`, { retryable: false })
        found.push({ record, reason, message })
      }
      const letters = found
        .filter(({ record, reason }) => kept.get(record.offset) !== reason)
        .sort((left, right) => left.record.offset - right.record.offset)
      if (letters.length === 0) return
      await deadLetters.keep(letters)
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
        return await recordOnce(decoded)
      } catch (cause) {
        progress.waiting(messageOf(cause))
        if (attempt === 1 || attempt % 20 === 0)
          log.warn(
            { partition: batch.partition, attempt, cause: messageOf(cause) },
            'not recorded, trying again',
          )
      }
      await backoff(attempt, retryFirstMs, retryMaxMs)
      await batch.heartbeat()
    }
    return undefined
  }

  return async (batch) => {
    let rest: readonly StoredRecord[] = batch.records
    for (;;) {
      const chunk = rest.slice(0, options.batchSizeMax)
      const [first] = chunk
      const last = chunk.at(-1)
      if (first === undefined || last === undefined) return
      const recorded = await record(batch, decode(chunk, first, last))
      if (recorded === undefined) return
      if (recorded.kind === 'undecided') return batch.pauseFor(undecidedPauseMs)
      if (recorded.kind === 'elsewhere') {
        log.warn(
          { partition: batch.partition, fetched: first.offset, stored: recorded.nextOffset },
          'the ledger is elsewhere',
        )
        progress.misplaced(batch.partition)
        return batch.pauseFor(misplacedPauseMs)
      }
      progress.reached(batch.partition, recorded.nextOffset)
      await batch.handled(recorded.nextOffset)
      await batch.heartbeat()
      rest = rest.slice(recorded.nextOffset - first.offset)
    }
  }
}
