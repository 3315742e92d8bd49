import { expect, test } from 'vitest'
import { createAnswerSheet } from './answer-sheet.ts'

test('the sheet has the moments of the wave, and the answer and latency of each shopper', () => {
  let nowMs = 0
  const sheet = createAnswerSheet(6, () => (nowMs += 10))
  expect(sheet.moments()).toEqual({ firstPressMs: 0, lastYesMs: 0, lastGrantMs: 0, lastAnswerMs: 0 })
  for (let shopper = 0; shopper < 5; shopper += 1) sheet.press(shopper)
  for (const [shopper, status] of [200, 201, 202, 409].entries()) sheet.answer(shopper, status, '', [])
  sheet.time(1, 5)
  expect(sheet.moments()).toEqual({ firstPressMs: 10, lastYesMs: 30, lastGrantMs: 40, lastAnswerMs: 50 })
  expect([0, 1, 2, 3].map((shopper) => sheet.read(shopper)?.answeredMs)).toEqual([20, 30, 40, 50])
  expect(sheet.read(1)).toMatchObject({ status: 201, latencyMs: 5 })
  // The first of them pressed without an answer, the second never pressed.
  expect([sheet.read(4), sheet.read(5)]).toEqual([undefined, undefined])
})
