import { expect, test } from 'vitest'
import { createPartitionCount, partitionCountMaxAgeMs } from './partition-count.ts'

/** Brokers that name the next of these counts at every question; an error is one that they do not answer. */
const open = (answers: (number | Error)[]) => {
  let nowMs = 0
  let asked = 0
  const count = createPartitionCount({
    read: async () => {
      asked += 1
      const answer = answers.shift()
      if (typeof answer === 'number') return answer
      throw answer ?? new Error('asked too often')
    },
    monotonicMs: () => nowMs,
  })
  return { count, pass: (ms: number) => (nowMs += ms), asked: () => asked }
}

test('an old count is read again beside the call, which gets the known one', async () => {
  const { count, pass, asked } = open([3, 6])
  expect(await count()).toBe(3)
  pass(partitionCountMaxAgeMs - 1)
  expect([await count(), asked()]).toEqual([3, 1])
  pass(1)
  expect([await count(), asked()]).toEqual([3, 2])
  expect([await count(), asked()]).toEqual([6, 2])
})

test('while the brokers do not answer, the known count stays', async () => {
  const { count, pass } = open([3, new Error('no answer'), 6])
  expect(await count()).toBe(3)
  pass(partitionCountMaxAgeMs)
  expect([await count(), await count()]).toEqual([3, 3])
  pass(partitionCountMaxAgeMs)
  expect([await count(), await count()]).toEqual([3, 6])
})

test('while no count is known, every call asks', async () => {
  const { count } = open([new Error('no answer'), 3])
  await expect(count()).rejects.toThrow('no answer')
  expect(await count()).toBe(3)
})
