import { json, sample } from 'fast-check'
import { expect, test } from 'vitest'
import { findRepeatedName } from './repeated-name.ts'

test.each([
  ['{"a":1,"a":1}', 'a'],
  ['{"a" : 1, "b": 2 , "a"\n: 3}', 'a'],
  [String.raw`{"a":1,"\u0061":2}`, 'a'],
  ['{"a":{"b":1,"c":[{"b":1,"b":2}]}}', 'b'],
  ['[{"a":1},{"":1,"":2}]', ''],
  [String.raw`{"\"":1,"\"":2}`, '"'],
  ['{"a":[],"a":{}}', 'a'],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
])('a name that occurs twice in one object is found: %s', (text, name) => {
  expect(() => JSON.parse(text)).not.toThrow()
  expect(findRepeatedName(text)).toBe(name)
})

test.each([
  '{"a":{"a":{"a":1}}}',
  '[{"a":1},{"a":1}]',
  '{"a":"b","b":"a"}',
  String.raw`{"a":"\"a\":1,\"a\":2","b":"{\"a\":"}`,
  '{"a":["a","a"],"b":"a"}',
  '"a"',
  '7',
])('names of different objects, and texts that look like names, are none: %s', (text) => {
  expect(findRepeatedName(text)).toBeUndefined()
})

test('what JSON.stringify writes never repeats a name', () => {
  expect(sample(json(), 1_000).filter((text) => findRepeatedName(text) !== undefined)).toEqual([])
})
