import type { AnswerSheet } from './answer-sheet.ts'
import { headersOf, type WireAnswer } from './wire-answer.ts'

/** Whether this answer asks the shopper to come back. */
export const isRefusal = (status: number): boolean => status === 503 || status === 429

/** Stores an answer that took this long. Returns its headers where they say when to return, else none. */
export const writeAnswer = (
  sheet: AnswerSheet,
  shopper: number,
  { status, head, body }: WireAnswer,
  latencyMs: number,
): string[] => {
  const headers = isRefusal(status) || status === 202 ? headersOf(head) : []
  sheet.answer(shopper, status, body, headers)
  sheet.time(shopper, latencyMs)
  return headers
}
