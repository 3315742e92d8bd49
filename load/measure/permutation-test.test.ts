import { describe, expect, test } from 'vitest'
import { isWithinNoise, pairedP, unpairedP } from './permutation-test.ts'

const repeat = <Value>(value: Value, times: number): Value[] => Array.from({ length: times }, () => value)

describe('the paired test', () => {
  test.each([
    // All on one side: only the measured signs and their opposite are as far from 1.
    ['five rounds above 1', [1.1, 1.2, 1.3, 1.4, 1.5], 2 / 32],
    ['six rounds below 1', [0.9, 0.8, 0.7, 0.6, 0.5, 0.4], 2 / 64],
    ['seven rounds of one ratio', repeat(0.44, 7), 2 / 128],
    ['twelve rounds', repeat(2, 12), 2 / 4_096],
    // Logarithms 1, 2 and -1: sums of 8 signs are 4, 2, 0, -2, 2, 0, -2, -4; measured 2.
    ['a round on the other side', [Math.E, Math.E ** 2, 1 / Math.E], 6 / 8],
    ['a ratio and its inverse', [2, 0.5], 1],
    ['one round', [0.1], 1],
    ['no round', [], 1],
    ['a round in which nothing was done', [0, 0.5, 0.5], 1],
  ])('of %s is exact', (_, ratios, p) => {
    expect(pairedP(ratios)).toBeCloseTo(p, 12)
  })

  test('beyond twelve rounds is sampled, gives the same each time, and is near the exact share', () => {
    // 13 logarithms of one size, 10 of them up: the share of |sum| >= 7 is 2 * (1 + 13 + 78 + 286) / 8192.
    const ratios = [...repeat(2, 10), ...repeat(0.5, 3)]
    expect(pairedP(ratios)).toBe(pairedP(ratios))
    expect(pairedP(ratios)).toBeCloseTo(756 / 8_192, 2)
    expect(pairedP(repeat(2, 30))).toBeCloseTo(1 / 10_001, 12)
  })
})

describe('the unpaired test', () => {
  test.each([
    // All of one run are above the other: that way to divide them, and its mirror.
    ['three against three', [1, 2, 3], [4, 5, 6], 2 / 20],
    ['five against five', [1, 2, 3, 4, 5], [11, 12, 13, 14, 15], 2 / 252],
    ['the same figures', [7, 7, 7], [7, 7, 7], 1],
    ['a run without rounds', [], [1, 2, 3], 1],
    ['a figure of nothing', [0, 1], [1, 2], 1],
    // Logarithms 0 and 2 against 1: differences 0, 1.5 and -1.5; measured 0.
    ['two around one', [1, Math.E ** 2], [Math.E], 1],
    // Logarithms 0 and 1 against 5: differences -4.5, 1.5 and 3.
    ['two below one', [1, Math.E], [Math.E ** 5], 1 / 3],
  ])('of %s is exact', (_, left, right, p) => {
    expect(unpairedP(left, right)).toBeCloseTo(p, 12)
  })

  test('of many rounds is sampled, gives the same each time, and finds what is there', () => {
    const low = Array.from({ length: 10 }, (_, index) => 100 + index)
    const high = low.map((value) => value * 1.5)
    expect(unpairedP(low, high)).toBe(unpairedP(low, high))
    expect(unpairedP(low, high)).toBeLessThan(0.001)
    expect(unpairedP([...low, ...high], [...low, ...high])).toBeGreaterThan(0.9)
  })
})

test('what chance gives in one of twenty cases is no longer noise', () => {
  expect([0.051, 0.05, 2 / 64].map(isWithinNoise)).toEqual([true, false, false])
  expect(isWithinNoise(2 / 32)).toBe(true)
})
