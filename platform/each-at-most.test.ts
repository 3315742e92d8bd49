import { expect, test } from 'vitest'
import { eachAtMost } from './each-at-most.ts'

test('items begin in their order, at most so many at once', async () => {
  const begun: number[] = []
  const ends = [1, 2, 3, 4].map(() => Promise.withResolvers<void>())
  const all = eachAtMost(2, [0, 1, 2, 3], (item) => {
    begun.push(item)
    return ends[item]?.promise ?? Promise.resolve()
  })
  expect(begun).toEqual([0, 1])
  ends[1]?.resolve()
  await ends[1]?.promise
  await Promise.resolve()
  expect(begun).toEqual([0, 1, 2])
  for (const end of ends) end.resolve()
  await all
  expect(begun).toEqual([0, 1, 2, 3])
})

test('it rejects as an item does', async () => {
  await expect(eachAtMost(2, [1], () => Promise.reject(new Error('no')))).rejects.toThrow('no')
})
