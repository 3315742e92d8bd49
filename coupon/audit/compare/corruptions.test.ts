import { describe, expect, test } from 'vitest'
import { overallVerdict } from './check.ts'
import type { ToldCoupon } from './identity.ts'
import {
  type Books,
  compare,
  couponId,
  couponOf,
  notPassed,
  rowAt,
  soundBooks,
} from '../../../test/harness/values/sound-books.ts'

const grantMore = (books: Books, coupon: ToldCoupon): void => {
  books.answers.push({ userId: coupon.userId, told: { kind: 'granted', coupon } })
  books.rows.push({ ...coupon, epoch: 1 })
}

describe('a planted corruption fails its own promise and no other', () => {
  const corruptions: [string, string, (books: Books) => void][] = [
    ['no-oversell', 'a coupon more than there is', (books) => grantMore(books, couponOf(21))],
    [
      'no-lost-win',
      'the row has another coupon id',
      (books) => books.rows.splice(4, 1, { ...rowAt(books, 4), couponId: couponId(99) }),
    ],
    [
      'no-lost-win',
      'two winners have each other’s rank',
      (books) => {
        const [left, right] = [rowAt(books, 2), rowAt(books, 3)]
        books.rows.splice(2, 2, { ...left, rank: right.rank }, { ...right, rank: left.rank })
      },
    ],
    [
      'no-lost-win',
      'a winner was shown the coupon of another user',
      (books) =>
        books.answers.splice(6, 1, { userId: 'user-7', told: { kind: 'granted', coupon: couponOf(8) } }),
    ],
    [
      'no-lost-win',
      'the coupon shown is of another campaign',
      (books) =>
        books.answers.splice(6, 1, {
          userId: 'user-7',
          told: { kind: 'granted', coupon: couponOf(7, { campaignId: couponId(1) }) },
        }),
    ],
    [
      'one-per-user-and-slot',
      'somebody has two rows',
      (books) => {
        books.stock = 21
        books.answers.splice(20, 10)
        books.rows.push({ ...couponOf(21, { userId: 'user-3' }), epoch: 1 })
      },
    ],
    [
      'same-answer-again',
      'a winner was shown another coupon later',
      (books) => books.answers.push({ userId: 'user-3', told: { kind: 'granted', coupon: couponOf(4) } }),
    ],
    [
      'same-answer-again',
      'a winner was told sold out later',
      (books) => books.answers.push({ userId: 'user-3', told: { kind: 'sold-out' } }),
    ],
    [
      'sold-out-is-final',
      'somebody who was told sold out has a row',
      (books) => books.answers.splice(2, 1, { userId: 'user-3', told: { kind: 'sold-out' } }),
    ],
    [
      'sold-out-is-final',
      'somebody was told sold out and then yes',
      (books) => books.answers.splice(2, 0, { userId: 'user-3', told: { kind: 'sold-out' } }),
    ],
    [
      'nothing-stranded',
      'people were told sold out before the stock was',
      (books) => {
        books.stock = 25
      },
    ],
    [
      'nobody-unaware',
      'a row of somebody who never pressed',
      (books) => {
        books.stock = 21
        books.answers.splice(20, 10)
        books.rows.push({ ...couponOf(21), epoch: 1 })
      },
    ],
    [
      'nobody-unaware',
      'a row of somebody who was told that they hold nothing',
      (books) => {
        books.answers.splice(20, 10)
        books.answers.splice(2, 1, { userId: 'user-3', told: { kind: 'none' } })
      },
    ],
    [
      'ranks-without-gap',
      'a rank was left out',
      (books) => {
        books.stock = 21
        books.answers.splice(20, 10)
        grantMore(books, couponOf(22))
      },
    ],
    [
      'ranks-without-gap',
      'a rank was given twice',
      (books) => {
        books.stock = 21
        books.answers.splice(20, 10)
        grantMore(books, couponOf(20, { couponId: couponId(99), userId: 'user-99' }))
      },
    ],
    [
      'ranks-without-gap',
      'a rank that no campaign has',
      (books) => {
        books.stock = 21
        books.answers.splice(20, 10)
        grantMore(books, couponOf(0))
      },
    ],
  ]

  test.each(corruptions)('%s: %s', (promise, _, corrupt) => {
    const books = soundBooks()
    corrupt(books)
    const checks = compare(books)
    expect(notPassed(checks)).toEqual({ [promise]: 'fail' })
    const [check] = checks.filter(({ verdict }) => verdict === 'fail')
    expect(check?.count).toBeGreaterThan(0)
    expect(check?.examples.length).toBeGreaterThan(0)
    expect(overallVerdict(checks)).toBe('fail')
  })
})
