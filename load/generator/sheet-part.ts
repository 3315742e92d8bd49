import type { AnswerSheet } from './answer-sheet.ts'

/**
 * The part of a sheet that begins with the shopper `first`: who is number 0 here is `first` there. It has
 * `count` shoppers, or all that follow.
 */
export const sheetFrom = (sheet: AnswerSheet, first: number, count = Infinity): AnswerSheet => ({
  ...sheet,
  press: (shopper) => sheet.press(first + shopper),
  answer: (shopper, ...answer) => sheet.answer(first + shopper, ...answer),
  time: (shopper, latencyMs) => sheet.time(first + shopper, latencyMs),
  read: (shopper) => sheet.read(first + shopper),
  unpressed: () =>
    sheet
      .unpressed()
      .flatMap((shopper) => (shopper >= first && shopper < first + count ? [shopper - first] : [])),
})
