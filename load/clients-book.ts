import type { Comparison } from '../coupon/books/comparison.ts'
import type { Told } from '../coupon/books/identity.ts'
import type { Answer } from './answer.ts'

/** The slot that the shoppers of a load run press for. */
const slot = 1

/** What each shopper was told, answer by answer: one of the books that are compared. */
export type ClientsBook = {
  add(shopper: number, answer: Answer): void
  /** The last answer of everybody for whom it leaves it open. */
  open(): { shopper: number; answer: Answer }[]
  /** Shoppers who were told that they have a coupon. */
  winners(): number
  /** Tells all of it to a comparison, in order. */
  tell(comparison: Comparison, userIdOf: (shopper: number) => string): void
  /** Every answer, in order. */
  told(userIdOf: (shopper: number) => string): Generator<{ userId: string; slot: number; told: Told }>
}

/** An empty book. */
export const createClientsBook = (): ClientsBook => {
  const entries: { shopper: number; told: Told }[] = []
  const open = new Map<number, Answer>()
  const winners = new Set<number>()
  return {
    add(shopper, answer) {
      entries.push({ shopper, told: answer.told })
      if (answer.told.kind === 'granted') winners.add(shopper)
      if (answer.next === 'nothing') open.delete(shopper)
      else open.set(shopper, answer)
    },
    open: () => [...open].map(([shopper, answer]) => ({ shopper, answer })),
    winners: () => winners.size,
    tell(comparison, userIdOf) {
      for (const { shopper, told } of entries) comparison.told(userIdOf(shopper), slot, told)
    },
    *told(userIdOf) {
      for (const { shopper, told } of entries) yield { userId: userIdOf(shopper), slot, told }
    },
  }
}
