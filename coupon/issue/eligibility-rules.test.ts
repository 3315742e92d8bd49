import { describe, expect, test } from 'vitest'
import { findUnmetRule } from './eligibility-rules.ts'

const tier = { claim: 'tier', anyOf: ['gold', 'vip'] }
const age = { claim: 'adult', anyOf: ['true'] }

describe('a rule holds', () => {
  test.each<[string, unknown]>([
    ['for one of its values', 'vip'],
    ['for a list with one of its values', ['silver', 'gold']],
  ])('%s', (_, value) => {
    expect(findUnmetRule([tier], { tier: value })).toBeUndefined()
  })

  test.each<[string, string, unknown]>([
    ['a number', '7', 7],
    ['true', 'true', true],
    ['false', 'false', false],
    ['a list with a number', '7', [6, 7]],
  ])('for %s as its text', (_, text, value) => {
    expect(findUnmetRule([{ claim: 'level', anyOf: [text] }], { level: value })).toBeUndefined()
  })
})

describe('a rule does not hold', () => {
  test.each<[string, unknown]>([
    ['another value', 'silver'],
    ['another case', 'Gold'],
    ['a part of a value', 'gol'],
    ['an empty list', []],
    ['a list in a list', [['gold']]],
    ['an object', { gold: true }],
    ['null', null],
    ['a missing claim', undefined],
  ])('for %s', (_, value) => {
    expect(findUnmetRule([tier], value === undefined ? {} : { tier: value })).toBe(tier)
  })

  test.each(['constructor', '__proto__', 'toString'])(
    'for a claim that every object inherits: %s',
    (claim) => {
      const rule = { claim, anyOf: ['gold', '[object Object]'] }
      expect(findUnmetRule([rule], {})).toBe(rule)
    },
  )
})

test('all rules have to hold, and the first that does not is named', () => {
  expect(findUnmetRule([tier, age], { tier: 'gold', adult: true })).toBeUndefined()
  expect(findUnmetRule([tier, age], { tier: 'gold' })).toBe(age)
  expect(findUnmetRule([tier, age], {})).toBe(tier)
})
