import { describe, expect, test } from 'vitest'
import { letterGroups } from '../../coupon/dead-letters/letter-groups.ts'
import { letteredGrant, storedLetterOf } from '../../test/harness/values/stored-letters.ts'
import { toBytesJson, toLetterJson, toLetterListJson, toRedriveJson } from './dead-letter-answers.ts'
import {
  deadLetterListShape,
  deadLetterShape,
  redriveResultShape,
  shownBytesMax,
} from './dead-letter-shapes.ts'

describe('bytes that anybody may have written', () => {
  test.each([
    ['text', Buffer.from('<b>쿠폰</b>\n'), { bytes: 14, form: 'text', content: '<b>쿠폰</b>\n', cut: false }],
    [
      'what is not UTF-8',
      Buffer.from([0xff, 0, 0x41]),
      { bytes: 3, form: 'hex', content: 'ff0041', cut: false },
    ],
    ['nothing', Buffer.alloc(0), { bytes: 0, form: 'text', content: '', cut: false }],
  ])('%s', (_, bytes, shown) => {
    expect(toBytesJson(bytes)).toEqual(shown)
  })

  test('a text is cut between two characters, and says so', () => {
    const bytes = Buffer.from(`a${'쿠'.repeat(shownBytesMax)}`)
    const shown = toBytesJson(bytes)
    expect(shown).toMatchObject({ bytes: bytes.length, form: 'text', cut: true })
    expect(shown?.content).toBe(`a${'쿠'.repeat(Math.floor((shownBytesMax - 1) / 3))}`)
  })

  test('other bytes are cut too', () => {
    const shown = toBytesJson(Buffer.alloc(1_000_000, 0xff))
    expect(shown).toMatchObject({ bytes: 1_000_000, form: 'hex', cut: true })
    expect(shown?.content).toBe('ff'.repeat(shownBytesMax))
  })
})

/** Headers that another producer may have written. */
const foreign = storedLetterOf({
  position: { partition: 999_999_999, offset: 999_999_999_999_999 },
  origin: { topic: 'coupon.grants.v1', partition: -5, offset: 10 ** 18, timestampMs: 8_000_000_000_000_000 },
  ...{ reason: 'r'.repeat(9_000), message: '\u0000'.repeat(9_000), time: 'yesterday', redrives: 10 ** 18 },
  value: Buffer.from([0xff]),
  redriveOf: { partition: 1, offset: 2 },
})
const note = {
  ...{ letter: { partition: 0, offset: 17 }, to: { partition: 2, offset: 99 }, time: 'then' },
  origin: { by: 'b'.repeat(9_000), why: '' },
}

test.each([
  ['a late grant', storedLetterOf(), undefined],
  ['what another producer wrote', foreign, note],
])('the answer with %s is as the contract describes it', (_, letter, redriven) => {
  const answer = toLetterJson(letter, redriven, 'en')
  expect(deadLetterShape.parse(answer)).toEqual(answer)
  const known = { open: [letter], notes: new Map(), covered: [], isWhole: true, atMs: 0 }
  const list = toLetterListJson(known, { reason: undefined, limit: 20 }, 'ko')
  expect(deadLetterListShape.parse(list)).toEqual(list)
  const planned = [{ letter, outlook: { kind: 'dead-letter', reason: 'late', message: 'm' } as const }]
  const plan = toRedriveJson({ kind: 'planned', planned, left: 3 })
  expect(redriveResultShape.parse(plan)).toEqual(plan)
  const done = toRedriveJson({ kind: 'redriven', redriven: [{ letter, note }], unknown: [letter], left: 0 })
  expect(redriveResultShape.parse(done)).toEqual(done)
})

test('a letter has the facts of its grant, its note and advice in the language of the reader', () => {
  const { grantedAtMs: _, ...facts } = letteredGrant
  expect(toLetterJson(storedLetterOf(), undefined, 'ko')).toMatchObject({
    ...{ id: '0:17', reason: 'late', state: 'open', redriven: null, key: null },
    grant: { ...facts, grantedAt: '2023-11-14T22:13:20.000Z' },
    advice: expect.stringMatching(/[가-힣]/),
  })
  expect(toLetterJson(foreign, note, 'en')).toMatchObject({
    ...{ reason: 'other', state: 'redriven', redriven: { to: '2:99', redrivenAt: null }, grant: null },
    origin: { partition: null, offset: null, appendedAt: null },
  })
})

test('a list has every group with its times, and the letters that were asked for, newest first', () => {
  const at = (offset: number, reason: string, time: string) =>
    storedLetterOf({ position: { partition: 0, offset }, reason, time })
  const open = [
    at(9, 'late', '2026-11-21T12:00:00.000Z'),
    at(8, 'of the future', 'no time'),
    at(7, 'late', '2026-11-21T10:00:00.000Z'),
    at(6, 'late', 'no time'),
  ]
  const known = { open, notes: new Map(), covered: [], isWhole: false, atMs: 0 }
  const list = toLetterListJson(known, { reason: 'late', limit: 2 }, 'en')
  expect(list).toMatchObject({
    ...{ complete: false, open: 4 },
    groups: [
      { reason: 'late', open: 3, oldest: '2026-11-21T10:00:00.000Z', newest: '2026-11-21T12:00:00.000Z' },
      { reason: 'other', open: 1, oldest: null, newest: null },
    ],
    items: [{ id: '0:9' }, { id: '0:7' }],
  })
  expect(letterGroups).toContain('other')
})
