import { expect, test } from 'vitest'
import type { OwnPress } from './button-model.ts'
import { createButtonWords } from './button-words.ts'

const facts = {
  ...{ state: 'open', stock: 10_000, remaining: 8_214 },
  ...{ opensAtMs: 0, closesAtMs: 9_000 },
} as const
const winner = (rank: number): OwnPress => ({
  ...{ kind: 'granted', rank, usableUntil: '2026-12-31T12:00:00.000Z' },
})

test.each([
  [1, '1st'],
  [2, '2nd'],
  [3, '3rd'],
  [11, '11th'],
  [112, '112th'],
  [417, '417th'],
  [1_021, '1,021st'],
])('place %i is %s, and in Korean it is counted alike', (rank, text) => {
  const subject = { state: 'granted', press: winner(rank), facts } as const
  expect(createButtonWords('en').figure(subject)).toBe(text)
  expect(createButtonWords('en').note(subject)).toBe(
    `You were ${text}. The coupon is yours, to use until December 31, 2026.`,
  )
  const number = rank.toLocaleString('ko')
  expect(createButtonWords('ko').figure(subject)).toBe(`${number}번째`)
  expect(createButtonWords('ko').note(subject)).toBe(
    `${number}번째로 받았습니다. 2026년 12월 31일까지 사용할 수 있습니다.`,
  )
})

test('a sale that is sold out says since when, and no time where none is known', () => {
  const words = createButtonWords('en')
  const atMs = Date.parse('2026-11-30T12:00:13.412Z')
  const time = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' }).format(atMs)
  const soldOut = { ...facts, state: 'sold-out', remaining: 0 } as const
  const none: OwnPress = { kind: 'none' }
  const seen = { state: 'sold-out', press: none, facts: { ...soldOut, soldOutAtMs: atMs } } as const
  expect(words.note(seen)).toBe(`Sold out at ${time}. Every coupon went to somebody who came before.`)
  expect(words.figure(seen)).toBe(time)
  expect(words.figure({ state: 'sold-out', press: { kind: 'sold-out', atMs }, facts: soldOut })).toBe(time)
  const later = { state: 'sold-out', press: none, facts: soldOut } as const
  expect([words.figure(later), words.note(later)]).toEqual([
    '0',
    'Every coupon went to somebody who came before.',
  ])
})

test('otherwise the figure is what is left, and nothing where nothing is known', () => {
  const words = createButtonWords('en')
  expect(words.figure({ state: 'open', press: { kind: 'none' }, facts })).toBe('8,214')
  expect(words.figure({ state: 'missing', press: { kind: 'none' }, facts: undefined })).toBe('')
})

test('the time of the server is shown with its milliseconds', () => {
  expect(createButtonWords('en').timeOfDay(Date.parse('2026-11-30T12:00:13.007Z'))).toMatch(/:00:13\.007$/)
})
