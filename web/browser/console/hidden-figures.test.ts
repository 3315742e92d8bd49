import { expect, test } from 'vitest'
import { wholePercentOf, withoutNumbers } from './hidden-figures.ts'

test.each([
  [0, 10_000, 0],
  // A single coupon that is left is not nothing, and a single one that is gone is not all.
  [1, 10_000, 'below'],
  [100, 10_000, 1],
  [4_399, 10_000, 43],
  [9_999, 10_000, 99],
  [10_000, 10_000, 100],
  [12_000, 10_000, 120],
  [3, 0, 0],
])('%d of %d are %j percent', (part, whole, share) => {
  expect(wholePercentOf(part, whole)).toBe(share)
})

test.each([
  ['granted 1,234 of 10000', 'granted • of •'],
  ['12.50 USD each, 3 left.', '• USD each, • left.'],
  ['rank 7', 'rank •'],
  ['nothing', 'nothing'],
])('%j without its numbers is %j', (text, bare) => {
  expect(withoutNumbers(text, '•')).toBe(bare)
})
