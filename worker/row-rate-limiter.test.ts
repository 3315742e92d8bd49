import { expect, test } from 'vitest'
import type { Recorder } from '../coupon/ledger/recorder.ts'
import { batchOf, openBatchHandler, recordsOf } from '../test/harness/values/batches.ts'
import { createRowRateLimiter } from './row-rate-limiter.ts'

/** A worker whose ledger accepts everything, on a clock that only its waits move. */
const openLimited = (rowsPerSecondMax: number) => {
  let nowMs = 5_000
  const waits: number[] = []
  const recorded: { atMs: number; rows: number }[] = []
  const recorder: Recorder = {
    async record({ startOffset, endOffset }) {
      const rows = endOffset - startOffset
      recorded.push({ atMs: nowMs - 5_000, rows })
      return { kind: 'recorded', nextOffset: endOffset, inserted: rows }
    },
  }
  const { handleBatch } = openBatchHandler({
    recorder,
    deadLetterWriter: { write: async () => undefined },
    rateLimiter: createRowRateLimiter({ rowsPerSecondMax, monotonicMs: () => nowMs }),
    async wait(milliseconds) {
      waits.push(milliseconds)
      nowMs += milliseconds
    },
  })
  const pass = (milliseconds: number): void => {
    nowMs += milliseconds
  }
  return { handleBatch, recorded, waits, pass }
}
const recordsFrom = (offset: number, count: number) =>
  recordsOf(0, Array.from({ length: count }).fill(null) as null[], offset)

test('the limit holds over batches too, and unused capacity does not accumulate', async () => {
  const { handleBatch, recorded, pass } = openLimited(10)
  await handleBatch(batchOf(recordsFrom(0, 35)).batch)
  await handleBatch(batchOf(recordsFrom(35, 1)).batch)
  pass(60_000)
  await handleBatch(batchOf(recordsFrom(36, 15)).batch)
  expect(recorded).toEqual([
    { atMs: 0, rows: 10 },
    { atMs: 1_000, rows: 10 },
    { atMs: 2_000, rows: 10 },
    { atMs: 3_000, rows: 5 },
    { atMs: 3_500, rows: 1 },
    { atMs: 63_500, rows: 10 },
    { atMs: 64_500, rows: 5 },
  ])
})

test('while the worker waits for the limit it looks every second whether the batch is still its own', async () => {
  const { handleBatch, waits } = openLimited(1)
  const { batch, done } = batchOf(recordsFrom(0, 8))
  await handleBatch(batch)
  expect(Math.max(...waits)).toBeLessThanOrEqual(1_000)
  expect(done).toEqual({ committed: [1, 2, 3, 4, 5, 6, 7, 8], pauses: 0 })
})

test('a limit of 0 never waits', async () => {
  const { handleBatch, recorded, waits } = openLimited(0)
  await handleBatch(batchOf(recordsFrom(0, 2_500)).batch)
  expect([waits, recorded.map(({ rows }) => rows)]).toEqual([[], [1_000, 1_000, 500]])
})
