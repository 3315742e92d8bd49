import { expect, test } from 'vitest'
import { createLogger } from '../platform/log/logger.ts'
import { createPartitionProgress } from './partition-progress.ts'

/**
 * A worker that owns partition 4. Kafka has offsets 10 to 20 of it; the position of the ledger is `stored`.
 */
const open = (stored: number) => {
  const sought: [number, number][] = []
  const progress = createPartitionProgress({
    positions: { read: async () => new Map([[4, stored]]) },
    topics: { offsets: async () => [{ partition: 4, first: 10, end: 20 }] },
    log: createLogger('test', 'silent'),
    onMisaligned: () => undefined,
  })
  const consumer = {
    assignedPartitions: () => [4],
    seek: (partition: number, offset: number) => void sought.push([partition, offset]),
  }
  progress.assigned([4])
  return { progress, sought, align: () => progress.align(consumer) }
}

test('an assigned partition is read from the position of the ledger, and again when misaligned', async () => {
  const { progress, sought, align } = open(12)
  expect(progress.isAligned()).toBe(false)
  await align()
  expect([sought, progress.isAligned()]).toEqual([[[4, 12]], true])
  await align()
  expect(sought).toHaveLength(1)
  progress.misaligned(4)
  expect(progress.isAligned()).toBe(false)
  await align()
  expect(sought).toEqual([
    [4, 12],
    [4, 12],
  ])
})

test.each([
  ['before its start', 9],
  ['beyond its end', 21],
])('a position that Kafka does not have is refused, and nothing is read: %s', async (_, stored) => {
  const { progress, sought, align } = open(stored)
  await expect(align()).rejects.toMatchObject({ code: 'refused' })
  expect([sought, progress.isAligned()]).toEqual([[], false])
})

test.each([10, 20])('a position at an end of what Kafka has, %i, is accepted', async (stored) => {
  const { sought, align } = open(stored)
  await align()
  expect(sought).toEqual([[4, stored]])
})
