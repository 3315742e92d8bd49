import type { Comparison } from '../../coupon/audit/compare/comparison.ts'
import type { Told } from '../../coupon/audit/compare/identity.ts'
import type { Answer, AnswerTimes } from './answer.ts'
import type { GateObservation } from './recovering.ts'

/** The slot that the shoppers of a load run press for. */
const slot = 1

/** A shopper for whom the last answer leaves it open. */
export type OpenAnswer = { shopper: number; answer: Answer; answeredMs: number }

/** What each shopper was told, answer by answer: one of the books that are compared. */
export type AnswerHistory = {
  add(shopper: number, answer: Answer, moment: AnswerTimes): void
  /** The last answer of everybody for whom it leaves it open. */
  open(): OpenAnswer[]
  /** Shoppers who were told that they have a coupon. */
  winnerCount(): number
  /** What the answers said of the gate. */
  gateObservations(): readonly GateObservation[]
  /** Tells all of it to a comparison, in order. */
  feed(comparison: Comparison, userIdOf: (shopper: number) => string): void
  /** Every answer, in order. */
  answers(userIdOf: (shopper: number) => string): Generator<{ userId: string; slot: number; told: Told }>
}

/** An empty book. */
export const createAnswerHistory = (): AnswerHistory => {
  const entries: { shopper: number; told: Told }[] = []
  const open = new Map<number, OpenAnswer>()
  const winners = new Set<number>()
  const heard: GateObservation[] = []
  return {
    add(shopper, answer, { sentMs, answeredMs }) {
      const { told, gate, next } = answer
      entries.push({ shopper, told })
      if (told.kind === 'granted') winners.add(shopper)
      if (gate !== 'silent') heard.push({ gate, sentMs, answeredMs })
      if (next === 'nothing') open.delete(shopper)
      else open.set(shopper, { shopper, answer, answeredMs })
    },
    open: () => [...open.values()],
    winnerCount: () => winners.size,
    gateObservations: () => heard,
    feed(comparison, userIdOf) {
      for (const { shopper, told } of entries) comparison.told(userIdOf(shopper), slot, told)
    },
    *answers(userIdOf) {
      for (const { shopper, told } of entries) yield { userId: userIdOf(shopper), slot, told }
    },
  }
}
