import { expect, test } from 'vitest'
import { isSaturated } from './saturation.ts'

test.each([
  [0.2, 0.3, false],
  [0.89, 0.94, false],
  [0.9, 0.5, true],
  [0.5, 0.95, true],
  [1, 1.4, true],
])(
  'a process whose event loop is busy for %s of a second, on %s processors, is saturated: %s',
  (eventLoop, cpu, is) => {
    expect(isSaturated({ eventLoop, cpu })).toBe(is)
  },
)
