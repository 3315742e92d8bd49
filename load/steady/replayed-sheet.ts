import { type AnswerSheet, createAnswerSheet } from '../generator/answer-sheet.ts'
import type { OpenModelDone } from './open-model-process.ts'

/** A sheet of what another process did. `aheadMs` is its clock, less the one of this process. */
export const replayedSheet = (
  { answers, faults }: Pick<OpenModelDone, 'answers' | 'faults'>,
  aheadMs: number,
): AnswerSheet => {
  let nowMs = 0
  const sheet = createAnswerSheet(answers.length, () => nowMs)
  const inOrder = answers
    .flatMap((answer, shopper) => (answer === undefined ? [] : [{ shopper, ...answer }]))
    .sort((left, right) => left.answeredMs - right.answeredMs)
  for (const { shopper, status, body, latencyMs, retryAfter, answeredMs } of inOrder) {
    nowMs = answeredMs - aheadMs - latencyMs
    sheet.press(shopper)
    nowMs = answeredMs - aheadMs
    sheet.answer(shopper, status, body, retryAfter === undefined ? [] : ['retry-after', retryAfter])
    sheet.time(shopper, latencyMs)
  }
  for (const [fault, count] of faults)
    for (let left = count; left > 0; left -= 1) sheet.fault(new Error(fault))
  return sheet
}
