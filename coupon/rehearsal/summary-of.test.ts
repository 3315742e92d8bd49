import { expect, test } from 'vitest'
import type { CrowdResult } from './press-as-crowd.ts'
import { summaryOf } from './summary-of.ts'

const result: CrowdResult = {
  ...{ end: 'complete', tookMs: 22_040, presses: 22_000, failed: 0, contradicted: 0 },
  answers: { granted: 10_000, already: 1_000, 'sold-out': 11_000 },
  ...{ p50Ms: 2.14, p99Ms: 8.36 },
}

test('says what was answered, and how fast', () => {
  expect(summaryOf(result)).toBe(
    'Rehearsal over: 22,000 presses in 22.0 s: 10,000 granted, 11,000 sold out, 1,000 already, 0 failed. ' +
      'p50 2.1 ms, p99 8.4 ms',
  )
})

test('says what should not be, and why it ended early', () => {
  const answers = { granted: 1, confirming: 2, paused: 3, closed: 4 }
  expect(summaryOf({ ...result, end: 'closed', answers, failed: 5, contradicted: 6 })).toBe(
    'Closed early: 22,000 presses in 22.0 s: 1 granted, 0 sold out, 0 already, 2 confirming, 7 refused, ' +
      '5 failed, 6 CONTRADICTED. p50 2.1 ms, p99 8.4 ms',
  )
})

test.each(['complete', 'closed', 'stopped', 'late'] as const)(
  'fits into a reason when it is %s, however large its figures are',
  (end) => {
    const million = 1_100_000
    const answers = { granted: million, already: million, 'sold-out': million, confirming: million }
    const largest = { presses: million, failed: million, tookMs: 660_000, p50Ms: 3_000, p99Ms: 3_000 }
    const text = summaryOf({ ...result, ...largest, end, answers: { ...answers, paused: million } })
    expect(text.length).toBeLessThanOrEqual(200)
    expect(text).toMatch(/p99 3000\.0 ms$/)
  },
)
