import { expect, test } from 'vitest'
import { isNotModified, weakTagOf } from './entity-tag.ts'

const tag = weakTagOf('a text')

test('the tag of a text is weak, changes with the text, and needs no escape', () => {
  expect(tag).toMatch(/^W\/"[A-Za-z0-9_-]{22}"$/)
  expect(weakTagOf('a text')).toBe(tag)
  expect(weakTagOf('another text')).not.toBe(tag)
})

test.each<[string | undefined, boolean]>([
  [undefined, false],
  ['', false],
  ['*', true],
  [' * ', true],
  [tag, true],
  [tag.slice(2), true],
  [`"x", ${tag}`, true],
  [`"x",${tag} , "y"`, true],
  ['"x"', false],
  [tag.slice(3, -1), false],
  [weakTagOf('another text'), false],
  ['x'.repeat(10_000), false],
])('If-None-Match %s matches: %s', (header, expected) => {
  expect(isNotModified(header, tag)).toBe(expected)
})
