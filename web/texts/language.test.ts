import { expect, test } from 'vitest'
import { preferredLanguage } from './language.ts'

test.each([
  [undefined, 'en'],
  ['', 'en'],
  ['ko', 'ko'],
  ['ko-KR,ko;q=0.9,en;q=0.8', 'ko'],
  ['en-US,en;q=0.9,ko;q=0.8', 'en'],
  ['KO-kr', 'ko'],
  ['fr, ko;q=0.1', 'ko'],
  ['ko;q=0', 'en'],
  ['ko;q=0.5, en;q=0.5', 'en'],
  ['de', 'en'],
  ['kok', 'en'],
  ['ko;q=x', 'ko'],
  [';;q=,,', 'en'],
])('who accepts %j reads %s', (header, language) => {
  expect(preferredLanguage(header)).toBe(language)
})
