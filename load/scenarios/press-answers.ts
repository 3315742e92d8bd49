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
export const readPress = (
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

/** The answers to `count` presses, each that of `shopperOf(number)`. */
export const readPresses = (
  sheet: AnswerSheet,
  count: number,
  { shopperOf, nowMs }: { shopperOf(number: number): number; nowMs: number },
): PressAnswer[] =>
  Array.from({ length: count }, (_, number) =>
    readPress(sheet, number, { shopper: shopperOf(number), nowMs }),
  )

/** The answers to shoppers who pressed once each, under their own numbers, from 0. */
export const readFirstAnswers = (sheet: AnswerSheet, shoppers: number, nowMs: number): PressAnswer[] =>
  readPresses(sheet, shoppers, { shopperOf: (number) => number, nowMs })

/** Whether the gate granted a coupon, which may not be confirmed yet. */
export const isGrant = ({ meaning }: Answer): boolean =>
  meaning.kind === 'granted' || meaning.kind === 'confirming'

/** A yes binds once it is read. Any other answer tells how it was at some moment after the press. */
const bindingMs = ({ answer, times }: PressAnswer): number =>
  answer.meaning.kind === 'granted' ? times.answeredMs : times.sentMs

/**
 * Orders answers to presses that overlap. `confirming` says nothing against a yes that was read after its
 * press was sent, even if it was read later.
 */
export const inBindingOrder = (answers: readonly PressAnswer[]): PressAnswer[] =>
  answers.toSorted((left, right) => bindingMs(left) - bindingMs(right))
