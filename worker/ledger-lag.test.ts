import { expect, test } from 'vitest'
import { toScrape } from '../test/harness/metrics/metric-text.ts'
import type { Batch, Consumer, StoredRecord } from '../platform/kafka/consumer.ts'
import { createLogger } from '../platform/log/logger.ts'
import { createMetrics } from '../platform/metrics/metrics.ts'
import { createLedgerLag } from './ledger-lag.ts'

const minuteMs = 60_000

/** A log of partition 0 that ends where the test says, and a ledger that stands where the test says. */
const openLag = (now = { ms: 1_000_000 }) => {
  const ends = { 0: 0 as number | undefined }
  const positions = new Map<number, number>([[0, 0]])
  const metrics = createMetrics()
  const lag = createLedgerLag({
    topics: {
      offsets: async () => {
        if (ends[0] === undefined) throw new Error('away')
        return [{ partition: 0, first: 0, end: ends[0] }]
      },
    },
    progress: { positions: () => positions },
    log: createLogger('test', 'silent'),
    monotonicMs: () => now.ms,
    now: () => now.ms,
  })
  lag.show({ assigned: () => [0, 1] } as unknown as Consumer, metrics)
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

/** Records from this offset on, the first of this age, the others a second younger each. */
const batchOf = (offset: number, count: number, oldestMs: number): Batch => ({
  partition: 0,
  records: Array.from({ length: count }, (_, index) => ({
    ...{ partition: 0, offset: offset + index, timestampMs: oldestMs + index * 1_000 },
    ...({ key: null, value: null, headers: {} } satisfies Partial<StoredRecord>),
  })),
  heartbeat: async () => {},
  markProcessed: async () => {},
  pauseFor: () => {},
  isCurrent: () => true,
})

test('a ledger that has everything is behind by nothing; a partition that was not placed says nothing', async () => {
  const { end, positions, behind } = openLag()
  await end(7)
  positions.set(0, 7)
  expect(await behind()).toEqual([{ 0: 0 }, { 0: 0 }])
})

test('while records wait for their rows, the ledger is behind by their number and by the age of the oldest', async () => {
  const { lag, now, end, positions, behind } = openLag()
  const recording = Promise.withResolvers<void>()
  const done = lag.watch(() => recording.promise)(batchOf(0, 100, now.ms - 10 * minuteMs))
  await end(100)
  expect(await behind()).toEqual([{ 0: 100 }, { 0: 600 }])
  positions.set(0, 40)
  now.ms += minuteMs
  expect(await behind()).toEqual([{ 0: 60 }, { 0: 600 + 60 - 40 }])
  // It gave up in the middle: what it did not record still waits.
  recording.resolve()
  await done
  expect(await behind()).toEqual([{ 0: 60 }, { 0: 620 }])
  positions.set(0, 100)
  expect(await behind()).toEqual([{ 0: 0 }, { 0: 0 }])
})

test('where nothing was fetched it is behind by the time for which it has not moved', async () => {
  const { now, end, positions, behind } = openLag()
  await end(5)
  now.ms += minuteMs
  await end(6)
  expect(await behind()).toEqual([{ 0: 6 }, { 0: 60 }])
  positions.set(0, 1)
  await end(7)
  expect(await behind()).toEqual([{ 0: 6 }, { 0: 0 }])
})

test('a record from the future does not make it negative, and ends that are not known make it say nothing', async () => {
  const { lag, now, end, behind } = openLag()
  await lag.watch(async () => {})(batchOf(0, 1, now.ms + minuteMs))
  await end(1)
  expect(await behind()).toEqual([{ 0: 1 }, { 0: 0 }])
  await end(undefined)
  expect(await behind()).toEqual([{}, {}])
})
