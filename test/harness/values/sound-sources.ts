import type { Check } from '../../../coupon/audit/compare/check.ts'
import { compareClients } from '../../../coupon/audit/compare/compare-clients.ts'
import type { ClientAnswer, LedgerRow, ShownCoupon } from '../../../coupon/audit/compare/source-entries.ts'
import { createSourceTables } from '../../../coupon/audit/compare/source-tables.ts'

// What clients and ledger have, for the tests of their comparison.

/** The campaign of these sources. */
export const campaignId = '0198c0de-0000-7000-8000-00000000c0de'
/** The coupon id that `couponOf` gives a rank. */
export const couponId = (rank: number): string => `0198c0de-0000-7000-8000-${String(rank).padStart(12, '0')}`

/** The coupon at a rank, held by the user of the same number. */
export const couponOf = (rank: number, change: Partial<ShownCoupon> = {}): ShownCoupon => ({
  couponId: couponId(rank),
  campaignId,
  userId: `user-${rank}`,
  slot: 1,
  rank,
  ...change,
})

/** The answers to clients and the rows of the ledger. A corruption is one change to them. */
export type ClientSources = {
  stock: number
  isLedgerComplete: boolean
  answers: { userId: string; answer: ClientAnswer }[]
  rows: LedgerRow[]
}

/** A sale of 30 people, as it should be: every winner with a row, every other answered sold out. */
export const soundSources = (): ClientSources => {
  const coupons = Array.from({ length: 20 }, (_, index) => couponOf(index + 1))
  return {
    stock: 20,
    isLedgerComplete: true,
    answers: [
      ...coupons.map((coupon) => ({ userId: coupon.userId, answer: { kind: 'granted', coupon } as const })),
      ...Array.from({ length: 10 }, (_, index) => ({
        userId: `loser-${index + 1}`,
        answer: { kind: 'sold-out' } as const,
      })),
    ],
    rows: coupons.map((coupon) => ({ ...coupon, epoch: 1 })),
  }
}

/** Compares them. */
export const compare = ({ stock, isLedgerComplete, answers, rows }: ClientSources): Check[] => {
  const sources = createSourceTables()
  for (const { userId, answer } of answers) sources.addAnswer({ userId, slot: 1, answer })
  rows.forEach(sources.addRow)
  const checks = compareClients(sources, { campaignId, stock, isLedgerComplete })
  sources.close()
  return checks
}

/** The verdicts that are no pass, by promise. */
export const verdictsNotPassed = (checks: Check[]): Record<string, string> =>
  Object.fromEntries(
    checks.filter(({ verdict }) => verdict !== 'pass').map(({ promise, verdict }) => [promise, verdict]),
  )

/** A row by its index. Throws when it does not exist. */
export const rowAt = ({ rows }: ClientSources, index: number): LedgerRow => {
  const row = rows[index]
  if (row === undefined) throw new Error(`there is no row ${index}`)
  return row
}
