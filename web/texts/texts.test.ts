import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fill } from './button-texts.ts'
import { chooseLanguage } from './language.ts'
import { worthText } from './worth-text.ts'

describe('the language of a page', () => {
  test.each([
    ['ko', 'en', 'ko'],
    ['fr', 'ko', 'ko'],
    [undefined, 'ko-KR,ko;q=0.9,en;q=0.8', 'ko'],
    [undefined, 'en-US,en;q=0.9,ko;q=0.8', 'en'],
    [undefined, 'fr, ko;q=0.4, en;q=0.5', 'en'],
    [undefined, 'ko;q=0, en', 'en'],
    [undefined, 'fr', 'en'],
    [undefined, undefined, 'en'],
    [undefined, ';;;q=,,,', 'en'],
  ])('%s, with Accept-Language %s, is %s', (asked, header, language) => {
    expect(chooseLanguage(asked, header)).toBe(language)
  })
})

/** Every text below an object, by its path. */
const textsIn = (part: object, path = ''): [string, { en: string; ko: string }][] =>
  Object.entries(part).flatMap(([name, value]: [string, object]) =>
    'en' in value && 'ko' in value
      ? [[`${path}${name}`, value as { en: string; ko: string }]]
      : textsIn(value, `${path}${name}.`),
  )

test('every text is there in English and in Korean, with the same places to fill in', async () => {
  const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort()
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('-texts.ts'))
  const modules = await Promise.all(files.map((name): Promise<object> => import(`./${name}`)))
  const texts = modules.flatMap((module, index) => textsIn(module, `${files[index]}: `))
  expect(texts.length).toBeGreaterThan(300)
  for (const [name, { en, ko }] of texts) {
    expect([name, en.length > 0, places(ko)]).toEqual([name, true, places(en)])
    expect([name, /[가-힣]/.test(ko) || ko === en]).toEqual([name, true])
  }
})

test('what is not given is filled in with nothing', () => {
  expect(fill('{a} of {b}', { a: 1 })).toBe('1 of ')
})

test.each([
  [{ kind: 'percent', value: 30 }, '30 % off', '30% 할인'],
  [{ kind: 'amount', value: 5_000, currency: 'KRW' }, '₩5,000 off', '5,000원 할인'],
  [{ kind: 'amount', value: 1_250, currency: 'USD' }, '$12.50 off', 'US$12.50 할인'],
  [{ kind: 'amount', value: 5_000 }, '5,000 off', '5,000 할인'],
] as const)('a discount is written in the unit that people use: %o', (discount, en, ko) => {
  expect([worthText(discount, 'en'), worthText(discount, 'ko')]).toEqual([en, ko])
})
