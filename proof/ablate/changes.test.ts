import { describe, expect, test } from 'vitest'
import { insertBefore, remove, replaceWith, swap } from './changes.ts'

const statement = 'const answer = await withTimeout(gate.decide(campaignId, wishes), { timeoutMs: 500 })'
const wrapped = `const answer = await withTimeout(
  gate.decide(
    campaignId,
    wishes,
  ),
  { timeoutMs: 500 },
)`

test.each([
  ['remove', remove, ''],
  ['replaceWith', replaceWith('return'), 'return'],
  ['insertBefore', insertBefore('return'), `return\n${statement}`],
  ['swap', swap('500', '0'), statement.replace('500', '0')],
])('%s changes a statement', (_, change, expected) => {
  expect(change(statement)).toBe(expected)
})

describe('swap', () => {
  test.each(['gate.decide(campaignId, wishes)', '{ timeoutMs: 500 }', 'await withTimeout'])(
    'finds %s in a statement that was wrapped',
    (fragment) => {
      expect(swap(fragment, 'OTHER')(statement)).toBe(statement.replace(fragment, 'OTHER'))
      expect(swap(fragment, 'OTHER')(wrapped)).toContain('OTHER')
    },
  )

  test('finds a fragment with new indentation in a text of several lines', () => {
    expect(swap('epoch = ? AND version = ?', 'true')('WHERE epoch = ?\n    AND version = ?')).toBe(
      'WHERE true',
    )
  })

  test('finds words as a whole', () => {
    expect(swap('room', '1')('local room = roomMax - bedroom')).toBe('local 1 = roomMax - bedroom')
  })

  test.each([
    ['a fragment that does not occur', 'gate.look', 0],
    ['a fragment that occurs twice', '(', 2],
  ])('refuses %s', (_, fragment, count) => {
    expect(() => swap(fragment, '')(statement)).toThrow(`the statement has ${count} times: ${fragment}`)
  })
})
