import { expect, test } from 'vitest'
import { outcomeWithBar } from './load-verdict.ts'

test.each([
  ['pass', undefined, 'pass'],
  ['pass', 'harmed', 'harmed'],
  // What is broken or undecided is worse than being slow.
  ['fail', 'harmed', 'fail'],
  ['unknown', 'harmed', 'unknown'],
  ['fail', undefined, 'fail'],
] as const)('a verdict of %s and a missed bar of %s end with %s', (verdict, missed, outcome) => {
  expect(outcomeWithBar(verdict, missed)).toBe(outcome)
})
