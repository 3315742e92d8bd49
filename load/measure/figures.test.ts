import { describe, expect, test } from 'vitest'
import { unanswered } from '../people/answer.ts'
import { burstFigures, outcomeFigures, rate, spreadOf } from './figures.ts'
import { summariseLatencies } from './latency.ts'

describe('rates', () => {
  test('rates are per second, and 0 when no time passed', () => {
    expect(rate(500, 1_000, 1_250)).toBe(2_000)
    expect(rate(500, 1_000, 1_000)).toBe(0)
    expect(rate(0, 1_000, 2_000)).toBe(0)
  })

  test('accepted is measured to the last yes, persisted to the last row, answers to the last answer', () => {
    const moments = { firstPressMs: 1_000, lastYesMs: 2_000, lastGrantMs: 2_100, lastAnswerMs: 3_000 }
    const wave = { accepted: 200, persisted: 210 }
    expect(burstFigures({ answers: 400, accepted: 200, persisted: 210, wave }, moments, 2_500)).toEqual({
      answers: 400,
      accepted: 200,
      persisted: 210,
      wave,
      answersPerSecond: 200,
      acceptedPerSecond: 200,
      drainMs: 400,
      persistedPerSecond: 140,
    })
  })

  test('coupons accepted and persisted after the wave count in no rate', () => {
    const moments = { firstPressMs: 1_000, lastYesMs: 2_000, lastGrantMs: 2_000, lastAnswerMs: 3_000 }
    const wave = { accepted: 50, persisted: 60 }
    expect(burstFigures({ answers: 400, accepted: 350, persisted: 350, wave }, moments, 2_500)).toMatchObject(
      {
        accepted: 350,
        persisted: 350,
        acceptedPerSecond: 50,
        persistedPerSecond: 40,
        drainMs: 500,
      },
    )
  })
})

describe('latencies and outcomes', () => {
  test('percentiles are fractions of a millisecond, to three digits', () => {
    const summary = summariseLatencies(Array.from({ length: 1_000 }, (_, index) => (index + 1) / 10))
    expect(summary?.count).toBe(1_000)
    expect(summary?.p50Ms).toBeCloseTo(50, 0)
    expect(summary?.p95Ms).toBeCloseTo(95, 0)
    expect(summary?.p99Ms).toBeCloseTo(99, 0)
    expect(summary?.maxMs).toBe(100)
    expect(summariseLatencies([0.25])).toMatchObject({ p50Ms: 0.25, maxMs: 0.25 })
    expect(summariseLatencies([])).toBeUndefined()
  })

  test('answers are counted by outcome; a missing answer has no latency', () => {
    const soldOut = {
      meaning: { kind: 'sold-out' },
      outcome: 'sold-out',
      next: 'nothing',
      retryAfterMs: 0,
      gate: 'deciding',
    } as const
    expect(
      outcomeFigures([
        { answer: unanswered, latencyMs: undefined },
        { answer: soldOut, latencyMs: 2 },
        { answer: soldOut, latencyMs: 4 },
      ]),
    ).toMatchObject([
      { outcome: 'sold-out', answers: 2, latency: { count: 2, maxMs: 4 } },
      { outcome: 'unanswered', answers: 1, latency: undefined },
    ])
  })
})

describe('the spread of figures', () => {
  test('the median of an even number of figures lies halfway', () => {
    expect(spreadOf([0.7, 0.5, 0.6])).toEqual({ min: 0.5, median: 0.6, max: 0.7 })
    expect(spreadOf([4, 1, 2, 3])).toEqual({ min: 1, median: 2.5, max: 4 })
    expect(spreadOf([2])).toEqual({ min: 2, median: 2, max: 2 })
  })
})
