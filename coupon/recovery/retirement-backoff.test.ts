import { expect, test } from 'vitest'
import { createRetirementBackoff } from './retirement-backoff.ts'

const dayMs = 86_400_000

test('a retirement that failed is tried after a wait that doubles each time, up to a day', () => {
  let nowMs = 0
  const backoff = createRetirementBackoff(60_000, () => nowMs)
  const waits: number[] = []
  for (let failure = 0; failure < 13; failure += 1) {
    backoff.failed('one')
    const failedAtMs = nowMs
    while (!backoff.mayTry('one')) nowMs += 60_000
    waits.push(nowMs - failedAtMs)
  }
  expect(waits.slice(0, 4)).toEqual([60_000, 120_000, 240_000, 480_000])
  expect(waits.slice(-2)).toEqual([dayMs, dayMs])
})

test('other campaigns are not held back, nor one that was retired', () => {
  const backoff = createRetirementBackoff(60_000, () => 5)
  backoff.failed('one')
  expect([backoff.mayTry('one'), backoff.mayTry('other')]).toEqual([false, true])
  backoff.succeeded('one')
  expect(backoff.mayTry('one')).toBe(true)
})
