import { expect, test } from 'vitest'
import { createBriefMemory } from './brief-memory.ts'

test('a name is remembered for its time, unless it is forgotten', () => {
  let nowMs = 0
  const memory = createBriefMemory({ forMs: 10, namesMax: 5, monotonicMs: () => nowMs })
  memory.remember('a')
  memory.remember('b')
  memory.forget('b')
  nowMs = 9
  expect([memory.has('a'), memory.has('b'), memory.has('c')]).toEqual([true, false, false])
  nowMs = 10
  expect(memory.has('a')).toBe(false)
})

test('past its bound the oldest name is forgotten', () => {
  const memory = createBriefMemory({ forMs: 10, namesMax: 2, monotonicMs: () => 0 })
  for (const name of ['a', 'b', 'c']) memory.remember(name)
  expect(['a', 'b', 'c'].map((name) => memory.has(name))).toEqual([false, true, true])
})
