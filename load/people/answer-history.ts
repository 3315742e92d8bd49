import type { ClientAnswer, GivenAnswer } from '../../coupon/audit/compare/source-entries.ts'
import type { Answer, AnswerTimes } from './answer.ts'
import type { GateObservation } from './recovering.ts'

/** The slot that the shoppers of a load run press for. */
const slot = 1

/** A shopper whose last answer is not final. */
export type OpenAnswer = { shopper: number; answer: Answer; answeredMs: number }

/** All answers to the shoppers of one campaign, in order. The audit compares them with the ledger. */
export type AnswerHistory = {
  add(shopper: number, answer: Answer, times: AnswerTimes): void
  /** Shoppers whose last answer is not final. */
  open(): OpenAnswer[]
  /** Shoppers who were shown a coupon. */
  winnerCount(): number
  gateObservations(): readonly GateObservation[]
  /** Every answer, in the form that the audit compares. */
  entries(userIdOf: (shopper: number) => string): Generator<GivenAnswer>
}

/** A history without answers. */
export const createAnswerHistory = (): AnswerHistory => {
  const entries: { shopper: number; answer: ClientAnswer }[] = []
  const open = new Map<number, OpenAnswer>()
  const winners = new Set<number>()
  const observations: GateObservation[] = []
  return {
    add(shopper, answer, { sentMs, answeredMs }) {
      const { meaning, gate, next } = answer
      entries.push({ shopper, answer: meaning })
      if (meaning.kind === 'granted') winners.add(shopper)
      if (gate !== 'silent') observations.push({ gate, sentMs, answeredMs })
      if (next === 'nothing') open.delete(shopper)
      else open.set(shopper, { shopper, answer, answeredMs })
    },
    open: () => [...open.values()],
    winnerCount: () => winners.size,
    gateObservations: () => observations,
    *entries(userIdOf) {
      for (const { shopper, answer } of entries) yield { userId: userIdOf(shopper), slot, answer }
    },
  }
}
