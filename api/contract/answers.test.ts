import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatTime } from './answers.ts'

test('a time is written as ISO 8601 has it, whatever was written before', () => {
  const days = fc.integer({ min: -1_000, max: 3_000_000 }).map((day) => day * 86_400_000)
  const times = fc.tuple(days, fc.integer({ min: -2, max: 86_400_001 })).map(([day, ms]) => day + ms)
  fc.assert(
    fc.property(fc.array(times, { minLength: 2 }), (all) => {
      for (const ms of all) expect(formatTime(ms)).toBe(new Date(ms).toISOString())
    }),
  )
})
