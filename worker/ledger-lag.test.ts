import { expect, test } from 'vitest'
import type { Batch } from '../platform/kafka/consumer.ts'
import { createLogger } from '../platform/log/logger.ts'
import { createMetrics } from '../platform/metrics/metrics.ts'
import { toScrape } from '../test/harness/metrics/metric-text.ts'
import { createLedgerLag } from './ledger-lag.ts'

const minuteMs = 60_000

/** Partition 0 with an end offset and a position of the ledger that the test sets. */
const openLag = (now = { ms: 1_000_000 }) => {
  const ends = { 0: 0 as number | undefined }
  const positions = new Map<number, number>([[0, 0]])
  const metrics = createMetrics()
  const lag = createLedgerLag({
    topics: {
      offsets: async () => {
        if (ends[0] === undefined) throw new Error('Kafka is unavailable')
        return [{ partition: 0, first: 0, end: ends[0] }]
      },
    },
    progress: { positions: () => positions, owns: () => true },
    log: createLogger('test', 'silent'),
    monotonicMs: () => now.ms,
    now: () => now.ms,
  })
  lag.show({ assignedPartitions: () => [0, 1] }, metrics)
  return {
    lag,
    now,
    positions,
    async end(offset: number | undefined) {
      ends[0] = offset
      await lag.step()
    },
    async behind() {
      const seen = toScrape(await metrics.read())
      return ['records', 'seconds'].map((unit) => seen.by(`firstcome_ledger_behind_${unit}`, 'partition'))
    },
  }
}

/**
 * `count` records from `offset` on. The first has the timestamp `oldestMs`; each next one is a second
 * younger.
 */
const batchOf = (offset: number, count: number, oldestMs: number): Batch => ({
  partition: 0,
  startOffset: offset,
  endOffset: offset + count,
  records: Array.from({ length: count }, (_, index) => ({
    partition: 0,
    offset: offset + index,
    timestampMs: oldestMs + index * 1_000,
    key: null,
    value: null,
    headers: {},
  })),
  markProcessed: () => {},
  pauseFor: () => {},
  isCurrent: () => true,
})

test('without records to store the lag is 0; a partition without a position has no lag', async () => {
  const { end, positions, behind } = openLag()
  await end(7)
  positions.set(0, 7)
  expect(await behind()).toEqual([{ 0: 0 }, { 0: 0 }])
})

test('the lag is the number of records without a row, and the age of the oldest one', async () => {
  const { lag, now, end, positions, behind } = openLag()
  const recording = Promise.withResolvers<void>()
  const done = lag.watch(() => recording.promise)(batchOf(0, 100, now.ms - 10 * minuteMs))
  await end(100)
  expect(await behind()).toEqual([{ 0: 100 }, { 0: 600 }])
  positions.set(0, 40)
  now.ms += minuteMs
  expect(await behind()).toEqual([{ 0: 60 }, { 0: 600 + 60 - 40 }])
  // The handler returned early: the remaining records still count.
  recording.resolve()
  await done
  expect(await behind()).toEqual([{ 0: 60 }, { 0: 620 }])
  positions.set(0, 100)
  expect(await behind()).toEqual([{ 0: 0 }, { 0: 0 }])
})

test('when nothing is fetched, the age is the time for which the position has not moved', async () => {
  const { now, end, positions, behind } = openLag()
  await end(5)
  now.ms += minuteMs
  await end(6)
  expect(await behind()).toEqual([{ 0: 6 }, { 0: 60 }])
  positions.set(0, 1)
  await end(7)
  expect(await behind()).toEqual([{ 0: 6 }, { 0: 0 }])
})

test('a future timestamp gives no negative age; without end offsets the lag is unknown', async () => {
  const { lag, now, end, behind } = openLag()
  await lag.watch(async () => {})(batchOf(0, 1, now.ms + minuteMs))
  await end(1)
  expect(await behind()).toEqual([{ 0: 1 }, { 0: 0 }])
  await end(undefined)
  expect(await behind()).toEqual([{}, {}])
})
