import { expect, test } from 'vitest'
import { createExpiringSet } from './expiring-set.ts'

test('a name is remembered for its time, unless it is forgotten', () => {
  let nowMs = 0
  const memory = createExpiringSet({ forMs: 10, namesMax: 5, monotonicMs: () => nowMs })
  memory.add('a')
  memory.add('b')
  memory.delete('b')
  nowMs = 9
  expect([memory.has('a'), memory.has('b'), memory.has('c')]).toEqual([true, false, false])
  nowMs = 10
  expect(memory.has('a')).toBe(false)
})

test('past its bound the oldest name is forgotten', () => {
  const memory = createExpiringSet({ forMs: 10, namesMax: 2, monotonicMs: () => 0 })
  for (const name of ['a', 'b', 'c']) memory.add(name)
  expect(['a', 'b', 'c'].map((name) => memory.has(name))).toEqual([false, true, true])
})
