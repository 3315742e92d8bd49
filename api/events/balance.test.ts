import { expect, test } from 'vitest'
import { holdsBalance } from './balance.ts'

test.each([
  ['all are rows', 10, 0, 10, 10, 0, true],
  ['what is missing is in the outbox', 10, 3, 7, 7, 0, true],
  ['what is missing is in the log', 10, 0, 7, 7, 3, true],
  ['some are in each', 10, 2, 7, 7, 1, true],
  ['one grant is nowhere', 10, 2, 6, 6, 1, false],
  ['rows went on after the gate was read', 10, 0, 12, 10, 0, true],
  ['there were more rows than the gate tells of by now', 10, 0, 12, 11, 0, false],
  ['the first frame', 10, 0, 10, null, 0, true],
  ['the gate did not answer', null, null, 10, 10, 0, null],
  ['the ledger did not answer', 10, 0, null, 10, null, null],
  ['the log did not answer', 10, 0, 10, 10, null, null],
])('%s', (_, granted, outbox, recorded, before, behind, expected) => {
  expect(holdsBalance({ granted, outbox, recorded }, before, behind)).toBe(expected)
})
