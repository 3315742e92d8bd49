import { expect, test } from 'vitest'
import { visibleText } from './visible-text.ts'

test.each([
  ['a\u202eb', 'a\\u{202e}b'],
  ['\u0000\u001b[2J\u007f', '\\u{0}\\u{1b}[2J\\u{7f}'],
  ['\u2028\u200b\ufeff\r', '\\u{2028}\\u{200b}\\u{feff}\\u{d}'],
  ['one\n\ttwo · 쿠폰 <b>', 'one\n\ttwo · 쿠폰 <b>'],
])('%j is shown as %j', (text, shown) => {
  expect(visibleText(text)).toBe(shown)
})
