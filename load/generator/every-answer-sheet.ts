import type { AnswerSheet, SheetAnswer } from './answer-sheet.ts'

/** An answer, and the shopper who got it. */
export type EveryAnswer = SheetAnswer & { shopper: number }

/** A sheet that keeps every answer, where another keeps the last one of each shopper. */
export type EveryAnswerSheet = AnswerSheet & {
  /** In the order in which they were read. */
  everyAnswer(): readonly EveryAnswer[]
}

/** Keeps the answers that go to `sheet`. `onAnswer` is called for each of them. */
export const createEveryAnswerSheet = (
  sheet: AnswerSheet,
  onAnswer: (answer: EveryAnswer) => void = () => {},
): EveryAnswerSheet => {
  const answers: EveryAnswer[] = []
  return {
    ...sheet,
    time(shopper, latencyMs) {
      sheet.time(shopper, latencyMs)
      const read = sheet.read(shopper)
      if (read === undefined) return
      const answer = { shopper, ...read }
      answers.push(answer)
      onAnswer(answer)
    },
    everyAnswer: () => answers,
  }
}
