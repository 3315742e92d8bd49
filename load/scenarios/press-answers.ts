import type { AnswerSheet } from '../generator/answer-sheet.ts'
import { type Answer, type AnswerTimes, readIssue, unanswered } from '../people/answer.ts'

/** A press, and what it was answered. */
export type PressAnswer = {
  shopper: number
  /** `undefined` when it was not answered. */
  status: number | undefined
  answer: Answer
  latencyMs: number | undefined
  times: AnswerTimes
}

/** The press that the sheet has under `number`. Without an answer it is `unanswered` as of `nowMs`. */
const readPress = (
  sheet: AnswerSheet,
  number: number,
  { shopper, nowMs }: { shopper: number; nowMs: number },
): PressAnswer => {
  const raw = sheet.read(number)
  if (raw === undefined) {
    const times = { sentMs: nowMs, answeredMs: nowMs }
    return { shopper, status: undefined, answer: unanswered, latencyMs: undefined, times }
  }
  const { status, latencyMs, answeredMs } = raw
  const answer = readIssue(status, raw.body, raw.retryAfter)
  return { shopper, status, answer, latencyMs, times: { sentMs: answeredMs - latencyMs, answeredMs } }
}

/** The answers to shoppers who pressed once each, under their own numbers, from 0. */
export const readFirstAnswers = (sheet: AnswerSheet, shoppers: number, nowMs: number): PressAnswer[] =>
  Array.from({ length: shoppers }, (_, shopper) => readPress(sheet, shopper, { shopper, nowMs }))
