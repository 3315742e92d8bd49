import { expect, test } from 'vitest'
import { requestsPerPress, walletRequest } from './wallet-order.ts'

test.each([
  [5, 1],
  [100, 7],
  [100, 64],
])('%i shoppers, %i presses apart: each presses once and lists four times', (shoppers, apart) => {
  const requests = Array.from({ length: shoppers * requestsPerPress }, (_, number) =>
    walletRequest(number, { shoppers, apart }),
  )
  const everybody = Array.from({ length: shoppers }, (_, shopper) => shopper)
  expect(requests.filter(({ kind }) => kind === 'press').map(({ shopper }) => shopper)).toEqual(everybody)
  const lists = Map.groupBy(
    requests.filter(({ kind }) => kind === 'list'),
    ({ shopper }) => shopper,
  )
  expect([...lists.keys()].toSorted((left, right) => left - right)).toEqual(everybody)
  expect(new Set([...lists.values()].map(({ length }) => length))).toEqual(new Set([4]))
})

test('the next list of a shopper is as many presses behind theirs as asked for', () => {
  const numbers = Array.from({ length: 500 }, (_, number) => number)
  const ofTen = numbers.filter((number) => walletRequest(number, { shoppers: 100, apart: 8 }).shopper === 10)
  expect(ofTen.map((number) => Math.floor(number / requestsPerPress))).toEqual([10, 18, 26, 34, 42])
})
