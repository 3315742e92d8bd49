import type { Recorded, Recorder } from '../coupon/ledger/recorder.ts'
import type { DeadLetterReason } from '../coupon/log/dead-letter.ts'
import { type Metrics, waitBounds } from '../platform/metrics/metrics.ts'
import type { DeadLetterWriter } from './dead-letter-writer.ts'

const recordBounds = [1, 4, 16, 64, 256, 1_024, 4_096]

const outcomes: Record<Recorded['kind'], true> = { recorded: true, elsewhere: true, undecided: true }

/** Wraps a recorder and measures every transaction. */
export const measureRecorder = (
  recorder: Recorder,
  metrics: Metrics,
  monotonicMs: () => number,
): Recorder => {
  const duration = metrics.histogram({
    name: 'firstcome_record_duration_seconds',
    help: 'Time of one transaction of the ledger, committed or not.',
    bounds: waitBounds,
  })()
  const batch = metrics.histogram({
    name: 'firstcome_record_batch_size',
    help: 'Records of Kafka in one transaction of the ledger.',
    bounds: recordBounds,
  })()
  const transactions = metrics.counter({
    name: 'firstcome_record_transactions_total',
    help: 'Transactions of the ledger by outcome. A failed one is retried.',
    labels: ['outcome'],
  })
  for (const outcome of [...Object.keys(outcomes), 'failed']) transactions(outcome).add(0)
  const rows = metrics.counter({
    name: 'firstcome_ledger_rows_total',
    help: 'Rows of coupons that the worker inserted.',
  })()
  return {
    async record(slice, keep) {
      const startedAtMs = monotonicMs()
      batch.observe(slice.endOffset - slice.startOffset)
      try {
        const recorded = await recorder.record(slice, keep)
        transactions(recorded.kind).add(1)
        if (recorded.kind === 'recorded') rows.add(recorded.inserted)
        return recorded
      } catch (cause) {
        transactions('failed').add(1)
        throw cause
      } finally {
        duration.observe((monotonicMs() - startedAtMs) / 1_000)
      }
    },
  }
}

const reasons: Record<DeadLetterReason, true> = {
  undecodable: true,
  invalid: true,
  late: true,
  'unknown-campaign': true,
  'rank-taken': true,
  'slot-taken': true,
  'coupon-differs': true,
  'rank-above-stock': true,
}

/** Wraps a dead letter writer and counts the letters by reason once they are written. */
export const measureDeadLetters = (writer: DeadLetterWriter, metrics: Metrics): DeadLetterWriter => {
  const written = metrics.counter({
    name: 'firstcome_dead_letters_total',
    help: 'Records that could not be stored and were written to the dead letters, by reason.',
    labels: ['reason'],
  })
  for (const reason of Object.keys(reasons)) written(reason).add(0)
  return {
    async write(letters) {
      await writer.write(letters)
      for (const { reason } of letters) written(reason).add(1)
    },
  }
}
