import { describe, expect, test } from 'vitest'
import { type GateObservation, summariseRecovering } from './recovering.ts'

const firstPressMs = 1_000

/** An answer at this time after the first press, to a request sent 10 ms before. */
const recovering = (answeredMs: number): GateObservation => ({
  gate: 'recovering',
  sentMs: firstPressMs + answeredMs - 10,
  answeredMs: firstPressMs + answeredMs,
})
const deciding = (answeredMs: number, sentMs = answeredMs - 10): GateObservation => ({
  gate: 'deciding',
  sentMs: firstPressMs + sentMs,
  answeredMs: firstPressMs + answeredMs,
})
const read = (...observations: GateObservation[]) => summariseRecovering(observations, firstPressMs)

describe('how long the gate was recovering', () => {
  test('without an answer `recovering` there is no summary', () => {
    expect(read()).toBeNull()
    expect(read(deciding(100), deciding(9_000))).toBeNull()
  })

  test('it lasts from the first such answer to the last, and is over when the gate decides again', () => {
    expect(read(deciding(100), recovering(200), recovering(300), recovering(1_700), deciding(2_200))).toEqual(
      {
        stretches: [{ fromMs: 200, lastedMs: 1_500, overWithinMs: 2_000, answers: 3 }],
        lastedMs: 1_500,
        answers: 3,
      },
    )
  })

  test('the order of the observations does not matter', () => {
    const observations = [deciding(2_200), recovering(1_700), deciding(100), recovering(300), recovering(200)]
    expect(read(...observations)).toEqual(read(...observations.toReversed()))
    expect(read(...observations)?.stretches).toHaveLength(1)
  })

  test('a single such answer lasted 0 ms', () => {
    expect(read(recovering(200), deciding(900))).toMatchObject({
      stretches: [{ lastedMs: 0, overWithinMs: 700, answers: 1 }],
    })
  })

  test('without a later decision it was never seen to be over', () => {
    expect(read(deciding(100), recovering(200), recovering(90_000))).toMatchObject({
      stretches: [{ fromMs: 200, lastedMs: 89_800, overWithinMs: null, answers: 2 }],
    })
  })

  test('a decision requested before the last such answer does not end it, however late it arrives', () => {
    expect(read(recovering(200), deciding(300, 190), recovering(6_000), deciding(6_500))).toMatchObject({
      stretches: [{ fromMs: 200, lastedMs: 5_800, overWithinMs: 6_300 }],
    })
    expect(read(recovering(200), deciding(300, 190))).toMatchObject({ stretches: [{ overWithinMs: null }] })
  })

  test('a time without answers does not end it: shoppers wait as long as they were asked to', () => {
    expect(read(recovering(200), recovering(30_000), deciding(31_000))).toMatchObject({
      stretches: [{ lastedMs: 29_800, overWithinMs: 30_800, answers: 2 }],
    })
  })

  test('two losses are two stretches after a decision and five quiet seconds; their times add up', () => {
    const first = [recovering(200), recovering(1_200), deciding(1_500), deciding(3_000)]
    expect(read(...first, recovering(6_300), recovering(6_800), deciding(7_000))).toEqual({
      stretches: [
        { fromMs: 200, lastedMs: 1_000, overWithinMs: 1_300, answers: 2 },
        { fromMs: 6_300, lastedMs: 500, overWithinMs: 700, answers: 2 },
      ],
      lastedMs: 1_500,
      answers: 4,
    })
    // After an arming, returned units are held back for a moment while winners are already answered.
    expect(read(...first, recovering(6_100), deciding(7_000))).toMatchObject({
      stretches: [{ fromMs: 200, lastedMs: 5_900, overWithinMs: 6_800, answers: 3 }],
    })
  })
})
