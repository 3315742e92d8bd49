import { expect, test } from 'vitest'
import { type GateObservation, summariseRecovering } from './recovering.ts'

const firstPressMs = 1_000

/** An answer at this time after the first press; it was asked for 10 ms before unless said otherwise. */
const recovering = (answeredMs: number): GateObservation => ({
  ...{ gate: 'recovering', sentMs: firstPressMs + answeredMs - 10, answeredMs: firstPressMs + answeredMs },
})
const deciding = (answeredMs: number, sentMs = answeredMs - 10): GateObservation => ({
  ...{ gate: 'deciding', sentMs: firstPressMs + sentMs, answeredMs: firstPressMs + answeredMs },
})
const read = (...heard: GateObservation[]) => summariseRecovering(heard, firstPressMs)

test('nobody was told recovering: there is nothing to say', () => {
  expect(read()).toBeNull()
  expect(read(deciding(100), deciding(9_000))).toBeNull()
})

test('it lasted from the first such answer to the last, and was over when the gate decided again', () => {
  expect(read(deciding(100), recovering(200), recovering(300), recovering(1_700), deciding(2_200))).toEqual({
    stretches: [{ fromMs: 200, lastedMs: 1_500, overWithinMs: 2_000, answers: 3 }],
    lastedMs: 1_500,
    answers: 3,
  })
})

test('the order in which answers were noted does not matter', () => {
  const heard = [deciding(2_200), recovering(1_700), deciding(100), recovering(300), recovering(200)]
  expect(read(...heard)).toEqual(read(...heard.toReversed()))
  expect(read(...heard)?.stretches).toHaveLength(1)
})

test('one such answer lasted no time that anybody saw', () => {
  expect(read(recovering(200), deciding(900))).toMatchObject({
    stretches: [{ lastedMs: 0, overWithinMs: 700, answers: 1 }],
  })
})

test('a gate that never decided again was never seen to be over', () => {
  expect(read(deciding(100), recovering(200), recovering(90_000))).toMatchObject({
    stretches: [{ fromMs: 200, lastedMs: 89_800, overWithinMs: null, answers: 2 }],
  })
})

test('a decision that was asked for before the last such answer is no end of it, however late it is told', () => {
  expect(read(recovering(200), deciding(300, 190), recovering(6_000), deciding(6_500))).toMatchObject({
    stretches: [{ fromMs: 200, lastedMs: 5_800, overWithinMs: 6_300 }],
  })
  expect(read(recovering(200), deciding(300, 190))).toMatchObject({ stretches: [{ overWithinMs: null }] })
})

test('silence is no end of it: shoppers wait as long as they were asked to', () => {
  expect(read(recovering(200), recovering(30_000), deciding(31_000))).toMatchObject({
    stretches: [{ lastedMs: 29_800, overWithinMs: 30_800, answers: 2 }],
  })
})

test('two losses are two stretches when the gate decided in between and five seconds were quiet; their times add up', () => {
  const first = [recovering(200), recovering(1_200), deciding(1_500), deciding(3_000)]
  expect(read(...first, recovering(6_300), recovering(6_800), deciding(7_000))).toEqual({
    stretches: [
      { fromMs: 200, lastedMs: 1_000, overWithinMs: 1_300, answers: 2 },
      { fromMs: 6_300, lastedMs: 500, overWithinMs: 700, answers: 2 },
    ],
    lastedMs: 1_500,
    answers: 4,
  })
  // Units that came back are held for a moment while winners are answered already.
  expect(read(...first, recovering(6_100), deciding(7_000))).toMatchObject({
    stretches: [{ fromMs: 200, lastedMs: 5_900, overWithinMs: 6_800, answers: 3 }],
  })
})
