import type { Check } from '../../../coupon/audit/compare/check.ts'
import { createComparison } from '../../../coupon/audit/compare/comparison.ts'
import type { LedgerRow, Told, ToldCoupon } from '../../../coupon/audit/compare/identity.ts'

// Books for the tests of the comparison.

const campaignId = '0198c0de-0000-7000-8000-00000000c0de'
/** The coupon id that `couponOf` gives a rank. */
export const couponId = (rank: number): string => `0198c0de-0000-7000-8000-${String(rank).padStart(12, '0')}`

/** The coupon at a rank, held by the user of the same number. */
export const couponOf = (rank: number, change: Partial<ToldCoupon> = {}): ToldCoupon => ({
  couponId: couponId(rank),
  campaignId,
  userId: `user-${rank}`,
  slot: 1,
  rank,
  ...change,
})

/** What the clients and the ledger say; a corruption is one change to it. */
export type Books = {
  stock: number
  isLedgerComplete: boolean
  answers: { userId: string; told: Told }[]
  rows: LedgerRow[]
}

/** A sale of 30 people, as it should be: every winner with a row, every other told sold out. */
export const soundBooks = (): Books => {
  const coupons = Array.from({ length: 20 }, (_, index) => couponOf(index + 1))
  return {
    stock: 20,
    isLedgerComplete: true,
    answers: [
      ...coupons.map((coupon) => ({ userId: coupon.userId, told: { kind: 'granted', coupon } as const })),
      ...Array.from({ length: 10 }, (_, index) => ({
        userId: `loser-${index + 1}`,
        told: { kind: 'sold-out' } as const,
      })),
    ],
    rows: coupons.map((coupon) => ({ ...coupon, epoch: 1 })),
  }
}

/** Compares them in one share. */
export const compare = ({ stock, isLedgerComplete, answers, rows }: Books): Check[] => {
  const comparison = createComparison({ stock, isLedgerComplete, identitiesMax: 100 })
  for (const { userId, told } of answers) comparison.told(userId, 1, told)
  for (const row of rows) comparison.row(row)
  return comparison.finish()
}

/** The verdicts that are no pass, by promise. */
export const notPassed = (checks: Check[]): Record<string, string> =>
  Object.fromEntries(
    checks.filter(({ verdict }) => verdict !== 'pass').map(({ promise, verdict }) => [promise, verdict]),
  )

/** A row by its place. Throws when there is none. */
export const rowAt = (books: Books, index: number): LedgerRow => {
  const row = books.rows[index]
  if (row === undefined) throw new Error(`there is no row ${index}`)
  return row
}
