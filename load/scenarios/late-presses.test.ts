import { expect, test } from 'vitest'
import { createLatePresses } from './late-presses.ts'

test.each([
  [1, 2],
  [3, 10],
  [5, 500],
  [499, 500],
])(
  '%i winners among %i presses: everybody presses once, winners evenly between the others',
  (winners, presses) => {
    const { shopperOf, isWinner } = createLatePresses(winners, presses)
    const shoppers = Array.from({ length: presses }, (_, press) => shopperOf(press))
    expect(shoppers.toSorted((left, right) => left - right)).toEqual(
      Array.from({ length: presses }, (_, shopper) => shopper),
    )
    const half = shoppers.slice(0, presses / 2).filter(isWinner).length
    expect(Math.abs(half - winners / 2)).toBeLessThanOrEqual(1)
  },
)
