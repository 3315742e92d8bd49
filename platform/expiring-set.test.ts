import { expect, test } from 'vitest'
import { createExpiringSet } from './expiring-set.ts'

test('a name expires after its lifetime, or is deleted before', () => {
  let nowMs = 0
  const names = createExpiringSet({ lifetimeMs: 10, sizeMax: 5, monotonicMs: () => nowMs })
  names.add('a')
  names.add('b')
  names.delete('b')
  nowMs = 9
  expect([names.has('a'), names.has('b'), names.has('c')]).toEqual([true, false, false])
  nowMs = 10
  expect(names.has('a')).toBe(false)
})

test('a full set drops its oldest name', () => {
  const names = createExpiringSet({ lifetimeMs: 10, sizeMax: 2, monotonicMs: () => 0 })
  for (const name of ['a', 'b', 'c']) names.add(name)
  expect(['a', 'b', 'c'].map((name) => names.has(name))).toEqual([false, true, true])
})
