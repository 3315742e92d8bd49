import { expect, test } from 'vitest'
import { javaProperties } from './java-properties.ts'

test.each([
  ['a blank inside', '/a b/c ', '/a b/c '],
  ['a blank at the front', ' a', String.raw`\ a`],
  ['Korean letters', '/쿠폰', String.raw`/\ucfe0\ud3f0`],
  ['a letter of Latin-1', 'é', String.raw`\u00e9`],
  ['a sign of two units', '🎟', String.raw`\ud83c\udf9f`],
  ['a backslash', String.raw`a\n`, String.raw`a\\n`],
  ['a line feed', 'a\nb', String.raw`a\u000ab`],
  ['signs that separate a name from its value', 'a=b:c#d!', 'a=b:c#d!'],
])('Java reads the value that was written: %s', (_, value, written) => {
  expect(javaProperties({ 'log.dirs': value })).toBe(`log.dirs=${written}\n`)
})
