import { describe, expect, test } from 'vitest'
import { createAnswerSheet } from '../generator/answer-sheet.ts'
import { inBindingOrder, readPresses } from './press-answers.ts'
import { checkRepeats } from './repeat-checks.ts'

const coupon = (id: string) => JSON.stringify({ id, campaignId: 'k', userId: 'u', slot: 1, rank: 1 })
const soldOut = JSON.stringify({ code: 'sold-out' })

/** The presses of one shopper, answered in this order. */
const answersOf = (answers: readonly (readonly [status: number, body: string])[]) => {
  const sheet = createAnswerSheet(answers.length, () => 1)
  for (const [number, [status, body]] of answers.entries()) {
    sheet.press(number)
    sheet.answer(number, status, body, [])
  }
  return readPresses(sheet, answers.length, { shopperOf: () => 0, nowMs: 2 })
}

describe('the presses of one shopper', () => {
  test.each([
    [
      'one coupon, 201 once',
      [
        [201, coupon('a')],
        [200, coupon('a')],
        [200, coupon('a')],
      ],
      ['pass', 'pass'],
    ],
    ['200 alone, when the 201 was lost', [[200, coupon('a')]], ['pass', 'pass']],
    [
      'nothing but sold out',
      [
        [409, soldOut],
        [409, soldOut],
      ],
      ['pass', 'pass'],
    ],
    [
      'two coupons',
      [
        [201, coupon('a')],
        [200, coupon('b')],
      ],
      ['fail', 'pass'],
    ],
    [
      '201 twice for the same coupon',
      [
        [201, coupon('a')],
        [201, coupon('a')],
      ],
      ['pass', 'fail'],
    ],
  ] as const)('%s', (_, answers, verdicts) => {
    expect(checkRepeats(answersOf(answers)).map(({ verdict }) => verdict)).toEqual(verdicts)
  })

  test('two coupons of two shoppers are right', () => {
    const answers = [...answersOf([[201, coupon('a')]]), ...answersOf([[201, coupon('b')]])]
    const ofTwo = answers.map((answer, shopper) => ({ ...answer, shopper }))
    expect(checkRepeats(ofTwo).map(({ verdict, looked }) => [verdict, looked])).toEqual([
      ['pass', 2],
      ['pass', 2],
    ])
  })

  test('`confirming` for a press that overlaps a yes comes before it, for a later press behind it', () => {
    const [pending, yes] = answersOf([
      [202, ''],
      [201, coupon('a')],
    ])
    if (pending === undefined || yes === undefined) throw new Error('an answer is missing')
    const granted = { ...yes, times: { sentMs: 0, answeredMs: 10 } }
    const kinds = (sentMs: number) =>
      inBindingOrder([granted, { ...pending, times: { sentMs, answeredMs: 20 } }]).map(
        ({ answer }) => answer.meaning.kind,
      )
    expect(kinds(5)).toEqual(['confirming', 'granted'])
    expect(kinds(15)).toEqual(['granted', 'confirming'])
  })
})
