import { expect, test } from 'vitest'
import { createOperator, formatOperatorToken, operatorTokens, parseOperatorRoles } from './operator.ts'

const hashOf = (digit: string): string => digit.repeat(64)
const entry = (name: string, roles: string, digit = 'a'): string => `${name}:${roles}:${hashOf(digit)}`
const faultOf = (text: string): string =>
  operatorTokens.safeParse(text).error?.issues[0]?.message ?? 'accepted'

test('each entry is an operator with a name, roles and the hash of a token', () => {
  expect(
    operatorTokens.parse(`${entry('alice', 'operator')}, ${entry('shop', 'orders+viewer', 'b')}`),
  ).toEqual([
    { operator: { name: 'alice', roles: ['viewer', 'operator'] }, tokenHash: hashOf('a') },
    { operator: { name: 'shop', roles: ['viewer', 'orders'] }, tokenHash: hashOf('b') },
  ])
})

test('who may change may read, and neither may redeem', () => {
  expect(createOperator('a', ['operator']).roles).toEqual(['viewer', 'operator'])
  expect(createOperator('a', ['viewer']).roles).toEqual(['viewer'])
  expect(createOperator('a', ['orders']).roles).toEqual(['orders'])
})

test('an entry that is made is one that is read', () => {
  const made = formatOperatorToken('a.b@c-1~', ['viewer', 'orders'], hashOf('0'))
  expect(operatorTokens.parse(made)[0]?.operator).toEqual({ name: 'a.b@c-1~', roles: ['viewer', 'orders'] })
})

test('a name may have two tokens while one replaces the other, with the same roles', () => {
  expect(faultOf(`${entry('alice', 'viewer')},${entry('alice', 'viewer', 'b')}`)).toBe('accepted')
  expect(faultOf(`${entry('alice', 'viewer')},${entry('alice', 'orders', 'b')}`)).toMatch(/same roles/)
})

test.each([
  ['nothing', ''],
  ['a token instead of its hash', 'alice:viewer:secret'],
  ['a hash in capitals', entry('alice', 'viewer', 'A')],
  ['a part too many', `${entry('alice', 'viewer')}:x`],
  ['no name', entry('', 'viewer')],
  ['a name with a blank', entry('a b', 'viewer')],
  ['a name of 61 characters', entry('a'.repeat(61), 'viewer')],
  ['the name of ADMIN_TOKEN', entry('operator', 'viewer')],
  ['no role', entry('alice', '')],
  ['an unknown role', entry('alice', 'admin')],
  ['a role of the prototype', entry('alice', 'constructor')],
  ['a role twice', entry('alice', 'viewer+viewer')],
  ['a comma at the end', `${entry('alice', 'viewer')},`],
])('%s is refused, with the form that is expected', (_, text) => {
  expect(faultOf(text)).toMatch(/^expected name:role:hash/)
  expect(faultOf(text)).not.toContain('secret')
})

test('a token belongs to one entry, and there are at most 256', () => {
  expect(faultOf(`${entry('alice', 'viewer')},${entry('bob', 'viewer')}`)).toMatch(/another token/)
  const entries = Array.from({ length: 257 }, (_, at) => `a${at}:viewer:${at.toString(16).padStart(64, '0')}`)
  expect(faultOf(entries.slice(1).join())).toBe('accepted')
  expect(faultOf(entries.join())).toMatch(/at most 256/)
})

test('roles are read with a plus between', () => {
  expect(parseOperatorRoles('viewer+orders')).toEqual(['viewer', 'orders'])
  expect(parseOperatorRoles('viewer,orders')).toBeUndefined()
})
