import { expect, test } from 'vitest'
import { createAnswerSheet } from './answer-sheet.ts'
import { sheetFrom } from './sheet-part.ts'
import { createStampedSheet } from './stamped-sheet.ts'

test('the stamp of an answer is kept for its shopper, also when the answer goes to a part of the sheet', () => {
  const sheet = createStampedSheet(createAnswerSheet(4, () => 1))
  const part = sheetFrom(sheet, 2, 1)
  expect(part.unpressed()).toEqual([0])
  part.press(0)
  part.answer(0, 201, '{}', ['Content-Type', 'application/json', 'x-arrival', '7 1 5'])
  sheet.answer(1, 201, '{}', ['Date', 'X-Arrival'])
  expect([0, 1, 2, 3].map(sheet.stamp)).toEqual([
    undefined,
    undefined,
    { processId: 7, number: 1, monotonicNs: 5n },
    undefined,
  ])
  expect([part.unpressed(), sheet.unpressed()]).toEqual([[], [0, 3]])
})
