import { expect, test } from 'vitest'
import { createAnswerSheet } from './answer-sheet.ts'
import { createEveryAnswerSheet, type EveryAnswer } from './every-answer-sheet.ts'

test('every answer is kept in the order of reading, and the last one of each shopper stands on the sheet', () => {
  let nowMs = 10
  const told: EveryAnswer[] = []
  const sheet = createEveryAnswerSheet(
    createAnswerSheet(3, () => nowMs),
    (answer) => told.push(answer),
  )
  const answer = (shopper: number, status: number, body: string): void => {
    nowMs += 5
    sheet.press(shopper)
    sheet.answer(shopper, status, body, [])
    sheet.time(shopper, 2)
  }
  answer(1, 409, 'paused')
  answer(0, 201, 'zero')
  answer(1, 201, 'one')
  sheet.press(2)
  expect(
    sheet.everyAnswer().map(({ shopper, status, body, answeredMs }) => [shopper, status, body, answeredMs]),
  ).toEqual([
    [1, 409, 'paused', 15],
    [0, 201, 'zero', 20],
    [1, 201, 'one', 25],
  ])
  expect(told).toEqual(sheet.everyAnswer())
  expect([0, 1, 2].map((shopper) => sheet.read(shopper)?.body)).toEqual(['zero', 'one', undefined])
})
