import { expect } from 'vitest'
import type { Grant } from '../../../coupon/grant.ts'
import { storedOf } from '../values/grants.ts'
import { until } from '../values/until.ts'
import type { Sale } from './sale.ts'
import type { Shop } from './shop.ts'

/** What a winner holds, whichever epoch it was read in. */
export const held = ({ couponId, userId, slot, rank, grantedAtMs }: Grant) => ({
  ...{ couponId, userId, slot, rank, grantedAtMs },
})

/**
 * What must hold once everything runs again. Users who got a yes hold the same coupon, and others win all
 * other units and no more. The ledger has a row for each, with ranks 1 to stock.
 * Returns the rows.
 */
export const expectWhole = async (
  shop: Shop,
  sale: Sale,
  told: readonly Grant[],
  stock = sale.stock,
): Promise<Grant[]> => {
  const same = async (): Promise<void> => {
    const answers = await Promise.all(told.map(({ userId }) => sale.answer(userId)))
    expect(answers.map((answer) => ('grant' in answer ? held(answer.grant) : answer))).toEqual(told.map(held))
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(told.length === 0 ? [] : ['already']))
  }
  await same()
  const answers = await Promise.all(Array.from({ length: stock }, () => sale.answer()))
  const won = answers.flatMap((answer) => ('grant' in answer ? [answer.grant] : []))
  for (const answer of answers) if (!('grant' in answer)) expect(answer).toEqual({ kind: 'sold-out' })
  const rows = await until(`${stock} rows`, async () => {
    const stored = await storedOf(shop.ledger, sale)
    return stored.length >= stock && stored
  })
  expect(rows.map(({ rank }) => rank)).toEqual(Array.from({ length: stock }, (_, index) => index + 1))
  expect(new Set(rows.map(({ userId }) => userId)).size).toBe(stock)
  expect(rows.map(held)).toEqual(expect.arrayContaining([...told, ...won].map(held)))
  await same()
  expect(await sale.answer()).toEqual({ kind: 'sold-out' })
  return rows
}
