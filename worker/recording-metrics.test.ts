import { expect, test } from 'vitest'
import type { Recorded } from '../coupon/ledger/recorder.ts'
import type { DeadLetterReason } from '../coupon/log/dead-letter.ts'
import type { StoredRecord } from '../platform/kafka/consumer.ts'
import { createMetrics } from '../platform/metrics/metrics.ts'
import { toScrape } from '../test/harness/metrics/metric-text.ts'
import { measureDeadLetters, measureRecorder } from './recording-metrics.ts'

const writeNothing = async (): Promise<void> => {}
const sliceOf = (startOffset: number, endOffset: number) => ({
  partition: 0,
  startOffset,
  endOffset,
  grants: [],
})

test('rows, transactions and their sizes are measured; a failed transaction still rejects', async () => {
  const metrics = createMetrics()
  const answers: (Recorded | Error)[] = [
    { kind: 'recorded', nextOffset: 10, inserted: 8 },
    new Error('lock wait'),
    { kind: 'recorded', nextOffset: 20, inserted: 5 },
    { kind: 'elsewhere', nextOffset: 3 },
    { kind: 'undecided' },
  ]
  let nowMs = 0
  const recorder = measureRecorder(
    {
      async record() {
        nowMs += 200
        const answer = answers.shift()
        if (answer === undefined || answer instanceof Error) throw answer ?? new Error('no more')
        return answer
      },
    },
    metrics,
    () => nowMs,
  )
  expect(await recorder.record(sliceOf(0, 10), writeNothing)).toMatchObject({ inserted: 8 })
  await expect(recorder.record(sliceOf(10, 20), writeNothing)).rejects.toThrow('lock wait')
  for (const start of [10, 20, 20]) await recorder.record(sliceOf(start, start + 10), writeNothing)
  const seen = toScrape(await metrics.read())
  expect(seen.value('firstcome_ledger_rows_total')).toBe(13)
  expect(seen.by('firstcome_record_transactions_total', 'outcome')).toEqual({
    recorded: 2,
    failed: 1,
    elsewhere: 1,
    undecided: 1,
  })
  expect(seen.value('firstcome_record_batch_size_sum')).toBe(50)
  expect(seen.value('firstcome_record_duration_seconds_count')).toBe(5)
  expect(seen.value('firstcome_record_duration_seconds_sum')).toBeCloseTo(1)
})

test('a dead letter is counted by its reason once it is written, not when that is unknown', async () => {
  const metrics = createMetrics()
  let isUnavailable = true
  const writer = measureDeadLetters(
    {
      async write() {
        if (isUnavailable) throw new Error('Kafka is unavailable')
      },
    },
    metrics,
  )
  const letterOf = (reason: DeadLetterReason) => ({ record: {} as StoredRecord, reason, message: '' })
  const letters = (['late', 'undecodable', 'late'] as const).map(letterOf)
  await expect(writer.write(letters)).rejects.toThrow('Kafka is unavailable')
  isUnavailable = false
  await writer.write(letters)
  const counts = toScrape(await metrics.read()).by('firstcome_dead_letters_total', 'reason')
  expect(counts).toMatchObject({ late: 2, undecodable: 1, invalid: 0, 'rank-taken': 0 })
  expect(Object.keys(counts)).toHaveLength(8)
})
