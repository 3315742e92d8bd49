import { expect, test } from 'vitest'
import { hostileOutcome } from './hostile.ts'

test.each([
  ['pass', [], 'pass'],
  ['pass', ['forged tokens'], 'harmed'],
  // What is broken or undecided is worse than being slow.
  ['fail', ['forged tokens'], 'fail'],
  ['unknown', ['forged tokens'], 'unknown'],
  ['fail', [], 'fail'],
] as const)('a verdict of %s with %j harmful ends with %s', (verdict, harmful, outcome) => {
  expect(hostileOutcome({ verdict, harmful: [...harmful] })).toBe(outcome)
})
