import { expect, test } from 'vitest'
import { refreshAfterMs } from './refresh-after.ts'

test.each([
  ['open', -5_000, 2_000],
  ['recovering', -5_000, 2_000],
  ['paused', -5_000, 5_000],
  ['sold-out', -5_000, 10_000],
  ['closed', -5_000, undefined],
  ['scheduled', 86_400_000, 30_000],
  ['scheduled', 12_345.6, 12_346],
  ['scheduled', 3, 1_000],
] as const)(
  'a campaign that is %s, %d ms before its opening, is read again after %s',
  (state, ms, expected) => {
    expect(refreshAfterMs(state, ms)).toBe(expected)
  },
)
