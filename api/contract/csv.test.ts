import { expect, test } from 'vitest'
import { csvLine } from './csv.ts'

test.each([
  ['plain', 'plain'],
  ['', ''],
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', '"\'\r=1"'],
  [' =1', "' =1"],
  ['\n=1', '"\'\n=1"'],
  ['＝1', "'＝1"],
  ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
  ['a,b', '"a,b"'],
  ['a"b', '"a""b"'],
  ['a\r\nb', '"a\r\nb"'],
  [' a', '" a"'],
  ['쿠폰 😀', '쿠폰 😀'],
  ["'a", "'a"],
])('%j is written as %s', (text, expected) => {
  expect(csvLine([text])).toBe(`${expected}\r\n`)
})

test('a number stays a number, and nothing is empty', () => {
  expect(csvLine([-1, null, 'a', 0])).toBe('-1,,a,0\r\n')
})
