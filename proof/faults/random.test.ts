import { describe, expect, test } from 'vitest'
import { between, createRandom, pick, shuffle } from './random.ts'

const some = (seed: string): number[] => {
  const random = createRandom(seed)
  return Array.from({ length: 1_000 }, random)
}

describe('random numbers from a seed', () => {
  test('the same seed gives the same numbers, another seed other numbers', () => {
    expect(some('a')).toEqual(some('a'))
    expect(some('a')).not.toEqual(some('b'))
  })

  test('numbers are at least 0, below 1, and evenly spread', () => {
    const numbers = some('a')
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...numbers)).toBeLessThan(1)
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const within = numbers.filter((number) => Math.floor(number * 10) === tenth)
      expect(within.length).toBeGreaterThan(60)
    }
  })

  test('what is drawn stays within its bounds', () => {
    const random = createRandom('a')
    const items = ['a', 'b', 'c', 'd']
    expect(shuffle(random, items).toSorted()).toEqual(items)
    expect(new Set(Array.from({ length: 100 }, () => pick(random, items))).size).toBe(4)
    expect(() => pick(random, [])).toThrow(RangeError)
    const numbers = Array.from({ length: 100 }, () => between(random, 5, 7))
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(5)
    expect(Math.max(...numbers)).toBeLessThan(7)
  })
})
