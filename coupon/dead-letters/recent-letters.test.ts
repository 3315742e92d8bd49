import { expect, test } from 'vitest'
import type { PartitionOffsets } from '../../platform/kafka/topic-admin.ts'
import { createOneAtATime } from '../../platform/one-at-a-time.ts'
import { createRecentLetters } from './recent-letters.ts'

const open = () => {
  const state = {
    ...{ ms: 0, asked: 0, reads: 0, end: 3 },
    offsets: async (): Promise<PartitionOffsets[]> => [{ partition: 0, first: 0, end: state.end }],
  }
  const lane = createOneAtATime(5)
  const recent = createRecentLetters({
    topics: {
      offsets() {
        state.asked += 1
        return state.offsets()
      },
    },
    reader: {
      async *read() {
        state.reads += 1
        yield []
      },
    },
    ...{ topic: 'letters', lane, rememberMs: 10, timeoutMs: 20 },
    limits: { recordsMax: 100, bytesMax: 1_000, timeMs: 10 },
    ...{ now: () => 1_000 + state.ms, monotonicMs: () => state.ms },
  })
  return { state, recent, lane }
}

test('all who ask share one reading, and its result for a while', async () => {
  const { state, recent } = open()
  await Promise.all(Array.from({ length: 50 }, recent.read))
  state.ms = 10
  expect(await recent.read()).toMatchObject({ atMs: 1_000 })
  expect([state.asked, state.reads]).toEqual([1, 1])
})

test('after that the topic is read again only when its offsets are others', async () => {
  const { state, recent } = open()
  await recent.read()
  state.ms = 11
  expect(await recent.read()).toMatchObject({ atMs: 1_011 })
  expect([state.asked, state.reads]).toEqual([2, 1])
  state.end = 4
  state.ms = 22
  expect(await recent.read()).toMatchObject({ covered: [{ end: 4 }] })
  expect([state.asked, state.reads]).toEqual([3, 2])
})

test('what works on the letters has those of now, and whoever asks next has those after it', async () => {
  const { state, recent } = open()
  await recent.read()
  state.end = 4
  const seen = await recent.during(async ({ covered }) => {
    state.end = 5
    return covered
  })
  expect(seen).toMatchObject([{ end: 4 }])
  expect(await recent.read()).toMatchObject({ covered: [{ end: 5 }] })
})

test('a Kafka that does not answer is unavailable in time, is asked once, and its late answer starts no work', async () => {
  const { state, recent } = open()
  const answer = Promise.withResolvers<PartitionOffsets[]>()
  state.offsets = () => answer.promise
  let works = 0
  const asked = [recent.read(), recent.read(), recent.during(async () => void (works += 1))]
  for (const one of asked) await expect(one).rejects.toMatchObject({ code: 'unavailable' })
  expect(state.asked).toBe(1)
  answer.resolve([{ partition: 0, first: 0, end: 3 }])
  expect(await recent.readNow()).toMatchObject({ isWhole: true })
  expect(works).toBe(0)
})

test('a reading that fails is not remembered', async () => {
  const { state, recent } = open()
  const { offsets } = state
  state.offsets = () => Promise.reject(new Error('away'))
  await expect(recent.read()).rejects.toThrow('away')
  await expect(recent.during(async () => 'done')).rejects.toThrow('away')
  state.offsets = offsets
  expect(await recent.during(async () => 'done')).toBe('done')
})

test('readings wait for work that is under way, and are refused when too many wait', async () => {
  const { recent, lane, state } = open()
  const work = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const working = recent.during(async () => {
    begun.resolve()
    await work.promise
    state.end = 9
  })
  await begun.promise
  const reading = recent.readNow()
  const others = Array.from({ length: 4 }, () => lane(async () => 'read'))
  await expect(lane(async () => 'one too many')).rejects.toMatchObject({ code: 'overloaded' })
  work.resolve()
  await working
  expect(await reading).toMatchObject({ covered: [{ end: 9 }] })
  expect(await Promise.all(others)).toHaveLength(4)
})
